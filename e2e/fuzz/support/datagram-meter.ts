import { type RemoteInfo, Socket } from 'node:dgram';
import { PerformanceObserver } from 'node:perf_hooks';
import type { CostlyDatagram, Standing } from './messages.ts';

/** What handling one kind of datagrams cost since it was last asked. */
export interface StandingCosts {
  readonly standing: Standing;
  count: number;
  cpuMs: number;
}

/** CPU from which a datagram is remembered, in ms. */
const COSTLY_MS = 0.1;
/** Linux brings a thread's account up to date this often, in ms. */
const ACCOUNT_STEP_MS = 4;
/** So old an account will do for the beginning of a datagram, in ms: asking for it costs more than most datagrams. */
const ACCOUNT_AGE_MS = 1;
/** Of each standing between two {@link DatagramMeter.take}. */
const MOST_REMEMBERED = 5;
const MOST_COLLECTIONS = 1_000;

interface Handled {
  readonly from: number;
  readonly to: number;
  readonly standing: Standing;
  readonly cpuMs: number;
  readonly datagram: Buffer;
}

/**
 * Measures the CPU that every UDP datagram costs this process, from its arrival to the last promise that followed from it in
 * the same turn. Sees every socket of the process, so it knows nothing of the bridge. The
 * CPU is the time that passed, as long as the thread kept its core; else what the system says, less the step it counts in.
 */
export class DatagramMeter {
  readonly #onArrival: (datagram: Buffer) => void;
  readonly #epochMs: number;
  /** Each with the port it is bound to. */
  readonly #sockets = new Map<Socket, number>();
  readonly #costs = new Map<Standing, StandingCosts>();
  readonly #known = new Set<number>();
  readonly #modelPorts = new Set<number>();
  #costly: Handled[] = [];
  /** Of the time before the last {@link take}: collections are told some turns after they happened. */
  #told: Handled[] = [];
  #account = account();
  #accountAt = Number.NEGATIVE_INFINITY;
  #collections: { readonly from: number; readonly to: number }[] = [];
  /** Undefined until the attack begins: whoever sent before is a bystander. */
  #attackerPorts: ReadonlySet<number> | undefined;

  /** `onArrival` sees each datagram before anybody handles it; `epochMs` is when `performance.now` was 0, on the machine's clock. */
  constructor(onArrival: (datagram: Buffer) => void, epochMs: number) {
    this.#onArrival = onArrival;
    this.#epochMs = epochMs;
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

  /** From now on whoever is not known as an attacker and comes to these ports of ours is the model. */
  modelAt(ports: readonly number[]): void {
    for (const port of ports) this.#modelPorts.add(port);
  }

  /** The bound ports of all sockets. */
  ports(): number[] {
    return [...this.#sockets.values()];
  }

  /** What there was since the last time; costly datagrams come one time later. */
  take(): { costs: StandingCosts[]; costly: CostlyDatagram[] } {
    const costs = [...this.#costs.values()];
    const costly = this.#told.map((handled) => this.#describe(handled));
    this.#costs.clear();
    const worstFirst = this.#costly.sort((a, b) => b.cpuMs - a.cpuMs);
    this.#told = costs.flatMap(({ standing }) =>
      worstFirst.filter((handled) => handled.standing === standing).slice(0, MOST_REMEMBERED),
    );
    this.#costly = [];
    this.#collections = this.#collections.slice(-MOST_COLLECTIONS);
    return { costs, costly };
  }

  /** How long garbage was collected between two times of `performance.now`, as far as is known yet. */
  collectedMs(from: number, to: number): number {
    const overlaps = this.#collections.map((gc) => Math.max(0, Math.min(to, gc.to) - Math.max(from, gc.from)));
    return overlaps.reduce((sum, each) => sum + each, 0);
  }

  #describe({ from, to, standing, cpuMs, datagram }: Handled): CostlyDatagram {
    const gcMs = Math.min(this.collectedMs(from, to), cpuMs);
    return { standing, from: from + this.#epochMs, to: to + this.#epochMs, cpuMs, gcMs, hex: datagram.toString('hex') };
  }

  #watchSockets(): void {
    const meter = this;
    const emit = Socket.prototype.emit;
    const measured = function (this: Socket, event: string, ...args: unknown[]): boolean {
      const pass = () => Reflect.apply(emit, this, [event, ...args]);
      if (event === 'listening') meter.#sockets.set(this, this.address().port);
      if (event === 'close') meter.#closed(this);
      if (event !== 'message' || meter.#attackerPorts === undefined) {
        if (event === 'message' && isRemote(args[1])) meter.#known.add(args[1].port);
        return pass();
      }
      return meter.#measure(meter.#sockets.get(this) ?? 0, args, pass);
    };
    Object.defineProperty(Socket.prototype, 'emit', { value: measured, writable: true, configurable: true });
  }

  #closed(socket: Socket): void {
    this.#modelPorts.delete(this.#sockets.get(socket) ?? 0);
    this.#sockets.delete(socket);
  }

  #measure(ownPort: number, args: readonly unknown[], pass: () => boolean): boolean {
    const [datagram, remote] = args;
    if (!Buffer.isBuffer(datagram) || !isRemote(remote)) return pass();
    this.#onArrival(datagram);
    // The taker may change the bytes in place.
    const kept = Buffer.from(datagram);
    const standing = this.#standingOf(kept, remote.port, ownPort);
    const before = this.#accountBefore();
    const from = performance.now();
    const taken = pass();
    // A tick set from a microtask comes after every promise that was settled meanwhile.
    queueMicrotask(() => process.nextTick(() => this.#note(standing, kept, from, before)));
    return taken;
  }

  #note(standing: Standing, datagram: Buffer, from: number, before: Account): void {
    const to = performance.now();
    const cpuMs = to - from < COSTLY_MS ? to - from : cpuBetween(before, to - from);
    const costs = this.#costs.get(standing) ?? { standing, count: 0, cpuMs: 0 };
    this.#costs.set(standing, costs);
    costs.count++;
    costs.cpuMs += cpuMs;
    if (cpuMs >= COSTLY_MS) this.#costly.push({ from, to, standing, cpuMs, datagram });
  }

  #accountBefore(): Account {
    const at = performance.now();
    if (at - this.#accountAt > ACCOUNT_AGE_MS) {
      this.#account = account();
      this.#accountAt = at;
    }
    return this.#account;
  }

  #standingOf(datagram: Buffer, port: number, ownPort: number): Standing {
    if (this.#attackerPorts?.has(port)) return 'off-path';
    if (this.#known.has(port)) return 'five-tuple';
    if (this.#modelPorts.has(ownPort)) return 'model';
    const first = datagram[0] ?? 0;
    const inClear = first >= 20 && first <= 63 && datagram.length > 5 && datagram.readUInt16BE(3) === 0;
    return inClear ? 'handshake' : 'peer';
  }
}

/** What the system says of this thread's CPU, and of how often a thread of this process has lost its core. */
interface Account {
  readonly cpuMs: number;
  readonly coresLost: number;
}

function account(): Account {
  return { cpuMs: threadCpuMs(), coresLost: process.resourceUsage().involuntaryContextSwitches };
}

/** What the last `passedMs` cost. */
function cpuBetween(before: Account, passedMs: number): number {
  const { cpuMs, coresLost } = account();
  const keptCore = coresLost === before.coresLost;
  if (keptCore && passedMs <= ACCOUNT_STEP_MS) return passedMs;
  const accountedMs = cpuMs - before.cpuMs;
  return Math.min(passedMs, keptCore ? accountedMs : Math.max(0, accountedMs - ACCOUNT_STEP_MS));
}

/** CPU of this thread, where Node tells it, else of the whole process; right to a few milliseconds. */
export function threadCpuMs(): number {
  const { user, system } = typeof process.threadCpuUsage === 'function' ? process.threadCpuUsage() : process.cpuUsage();
  return (user + system) / 1_000;
}

function isRemote(value: unknown): value is RemoteInfo {
  return typeof value === 'object' && value !== null && 'port' in value && typeof value.port === 'number';
}
