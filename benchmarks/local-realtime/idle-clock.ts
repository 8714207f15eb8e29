/** Does nothing but look at the clock until it is told to stop; prints how late it was at worst, in ms: the machine's doing. */
const TICK_MS = 5;

let worstMs = 0;
let lookedAt = performance.now();
setInterval(() => {
  const now = performance.now();
  worstMs = Math.max(worstMs, now - lookedAt - TICK_MS);
  lookedAt = now;
}, TICK_MS);
process.once('SIGTERM', () => {
  console.log(worstMs.toFixed(2));
  process.exit(0);
});
process.send?.('ready');
