/** Time in ms on the machine's monotonic clock, the same in every process; as cheap as `performance.now()`. */
export function monotonicMs(): number {
  return OFFSET_MS + performance.now();
}

const OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();
