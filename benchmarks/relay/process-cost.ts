import { readdirSync, readFileSync } from 'node:fs';

/** `USER_HZ`, which is 100 on every Linux. */
const MS_PER_TICK = 10;

/** Processor time of every thread of a process so far, in ms (`schedstat`, which counts nanoseconds). */
export function processorMs(pid: number): number {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((sum, thread) => sum + Number(onCpu(`${folder}/${thread}/schedstat`)) / 1e6, 0);
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** Time a core was busy so far, with whatever, in ms; the time the host took from it included. */
export function coreBusyMs(core: number): number {
  const line = readFileSync('/proc/stat', 'utf8').match(new RegExp(`^cpu${core} (.*)$`, 'm'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * MS_PER_TICK;
}

function onCpu(path: string): string {
  try {
    return readFileSync(path, 'utf8').split(' ', 1).join();
  } catch {
    // The thread ended meanwhile.
    return '0';
  }
}
