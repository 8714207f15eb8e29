/**
 * How many of the groups of three letters of `said` are in `heard`, 0 to 1. Sound in real time is stretched where a machine is busy, and
 * some letters of it are read as others; texts that have nothing to do with each other share next to none.
 */
export function shareOf(said: string, heard: string): number {
  const groups = Array.from({ length: said.length - 2 }, (_, at) => said.slice(at, at + 3));
  return groups.filter((group) => heard.includes(group)).length / groups.length;
}
