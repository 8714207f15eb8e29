const open: (() => void | Promise<void>)[] = [];

/** Remembers how to close something that a test opened. */
export function cleanup(close: () => void | Promise<void>): void {
  open.push(close);
}

/** Closes everything, last opened first; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (let close = open.pop(); close !== undefined; close = open.pop()) await close();
}
