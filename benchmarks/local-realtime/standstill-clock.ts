/** Does nothing but look at the clock until it is told to stop; then prints from when to when it could not, as pairs of Unix time in ms. */
const TICK_MS = 2;
/** Timers of Node come up to so much late by themselves. */
const LATE_MS = 1.5;

const standstills: [number, number][] = [];
let lookedAt = performance.now();
setInterval(() => {
  const now = performance.now();
  const dueAt = lookedAt + TICK_MS;
  if (now - dueAt > LATE_MS) standstills.push([performance.timeOrigin + dueAt, performance.timeOrigin + now]);
  lookedAt = now;
}, TICK_MS);
process.once('SIGTERM', () => {
  console.log(JSON.stringify(standstills));
  process.exit(0);
});
console.log('ready');
