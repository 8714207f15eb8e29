import { type RemoteInfo, Socket } from 'node:dgram';
import { PerformanceObserver } from 'node:perf_hooks';
import type { CostlyDatagram, Standing } from './messages.ts';

/** What handling one kind of datagrams cost since it was last asked. */
export interface StandingCosts {
  readonly standing: Standing;
  count: number;
  cpuMs: number;
  bytes: number;
}

/** CPU from which a datagram is remembered, in ms. */
const COSTLY_MS = 1;
const MOST_REMEMBERED = 20;

interface Handled {
  readonly from: number;
  readonly to: number;
  readonly standing: Standing;
  readonly cpuMs: number;
  readonly datagram: Buffer;
}

/**
 * Measures the CPU that every UDP datagram costs this process, from its arrival to the last promise that followed from it in
 * the same turn. Sees every socket of the process, so it knows nothing of the bridge.
 */
export class DatagramMeter {
  readonly #onArrival: (datagram: Buffer) => void;
  readonly #sockets = new Set<Socket>();
  readonly #costs = new Map<Standing, StandingCosts>();
  readonly #known = new Set<number>();
  #costly: Handled[] = [];
  #collections: { readonly from: number; readonly to: number }[] = [];
  /** Undefined until the attack begins: whoever sent before is a bystander. */
  #attackerPorts: ReadonlySet<number> | undefined;

  /** `onArrival` sees each datagram before anybody handles it. */
  constructor(onArrival: (datagram: Buffer) => void) {
    this.#onArrival = onArrival;
    this.#watchSockets();
    const observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        this.#collections.push({ from: startTime, to: startTime + duration });
      }
    });
    observer.observe({ entryTypes: ['gc'] });
  }

  /** From now on the attack runs from these ports; whoever has been heard so far shares its five-tuple with an attacker. */
  attackedFrom(ports: readonly number[]): void {
    this.#attackerPorts = new Set(ports);
  }

  /** The bound ports of all sockets. */
  ports(): number[] {
    return [...this.#sockets].map((socket) => socket.address().port);
  }

  /** What there was since the last time. */
  take(): { costs: StandingCosts[]; costly: CostlyDatagram[] } {
    const costs = [...this.#costs.values()];
    const costly = this.#costly.sort((a, b) => b.cpuMs - a.cpuMs).slice(0, MOST_REMEMBERED);
    const collections = this.#collections;
    this.#costs.clear();
    this.#costly = [];
    this.#collections = [];
    return { costs, costly: costly.map((handled) => describe(handled, collections)) };
  }

  #watchSockets(): void {
    const meter = this;
    const emit = Socket.prototype.emit;
    const measured = function (this: Socket, event: string, ...args: unknown[]): boolean {
      const pass = () => Reflect.apply(emit, this, [event, ...args]);
      if (event === 'listening') meter.#sockets.add(this);
      if (event === 'close') meter.#sockets.delete(this);
      if (event !== 'message' || meter.#attackerPorts === undefined) {
        if (event === 'message' && isRemote(args[1])) meter.#known.add(args[1].port);
        return pass();
      }
      return meter.#measure(args, pass);
    };
    Object.defineProperty(Socket.prototype, 'emit', { value: measured, writable: true, configurable: true });
  }

  #measure(args: readonly unknown[], pass: () => boolean): boolean {
    const [datagram, remote] = args;
    if (!Buffer.isBuffer(datagram) || !isRemote(remote)) return pass();
    this.#onArrival(datagram);
    // The taker may change the bytes in place.
    const kept = Buffer.from(datagram);
    const standing = this.#standingOf(kept, remote.port);
    const from = performance.now();
    const cpuBefore = threadCpuMs();
    const taken = pass();
    // A tick set from a microtask comes after every promise that was settled meanwhile.
    queueMicrotask(() => process.nextTick(() => this.#note(standing, kept, from, threadCpuMs() - cpuBefore)));
    return taken;
  }

  #note(standing: Standing, datagram: Buffer, from: number, cpuMs: number): void {
    const costs = this.#costs.get(standing) ?? { standing, count: 0, cpuMs: 0, bytes: 0 };
    this.#costs.set(standing, costs);
    costs.count++;
    costs.cpuMs += cpuMs;
    costs.bytes += datagram.length;
    if (cpuMs >= COSTLY_MS) this.#costly.push({ from, to: performance.now(), standing, cpuMs, datagram });
  }

  #standingOf(datagram: Buffer, port: number): Standing {
    if (this.#attackerPorts?.has(port)) return 'off-path';
    if (this.#known.has(port)) return 'five-tuple';
    const first = datagram[0] ?? 0;
    const inClear = first >= 20 && first <= 63 && datagram.length > 5 && datagram.readUInt16BE(3) === 0;
    return inClear ? 'handshake' : 'peer';
  }
}

function describe(handled: Handled, collections: readonly { from: number; to: number }[]): CostlyDatagram {
  const { from, to, standing, cpuMs, datagram } = handled;
  const overlaps = collections.map((gc) => Math.max(0, Math.min(to, gc.to) - Math.max(from, gc.from)));
  const gcMs = overlaps.reduce((sum, each) => sum + each, 0);
  return { standing, cpuMs, gcMs: Math.min(gcMs, cpuMs), hex: datagram.toString('hex') };
}

/** CPU of this thread, where Node tells it, else of the whole process. */
export function threadCpuMs(): number {
  const { user, system } = typeof process.threadCpuUsage === 'function' ? process.threadCpuUsage() : process.cpuUsage();
  return (user + system) / 1_000;
}

function isRemote(value: unknown): value is RemoteInfo {
  return typeof value === 'object' && value !== null && 'port' in value && typeof value.port === 'number';
}
