import { readdirSync, readFileSync } from 'node:fs';

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

function onCpu(path: string): string {
  try {
    return readFileSync(path, 'utf8').split(' ', 1).join();
  } catch {
    // The thread ended meanwhile.
    return '0';
  }
}
