/** Whether two objects of the same kind have the same values, by `Object.is`. */
export function sameFields(a: object, b: object): boolean {
  const other = new Map<string, unknown>(Object.entries(b));
  return Object.entries(a).every(([name, value]) => Object.is(value, other.get(name)));
}
