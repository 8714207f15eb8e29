import type { Attack, Report } from './support/messages.ts';
import { monotonicMs } from './support/role.ts';
import { type Finding, Tally } from './support/tally.ts';
import { World } from './support/world.ts';

/** How a fuzz run is made. */
export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /** A folder of inputs that trouble others; each is sent at least once from every standing. */
  readonly corpora?: string | undefined;
  /** Most inputs a second of all attackers; default 30,000. The bridge's own load holds it below. */
  readonly perSecond?: number;
  /** Sent once instead of inputs of the generators. */
  readonly replay?: readonly Attack[];
  /** Hears of each finding at once. */
  readonly onFinding?: (finding: Finding) => void;
}

/** What a fuzz run came to. */
export interface FuzzResult {
  readonly tally: Tally;
  readonly seconds: number;
  /** How often the bridge's process had to be started anew. */
  readonly worlds: number;
}

const DEFAULT_PER_SECOND = 30_000;
const FIRST_PER_SECOND = 1_000;
/** The bridge's main thread is kept this busy: a bridge without any reserve would be late for want of a core. */
const WANTED_BUSY = 0.7;
const MOST_WORLDS = 20;
const ATTACKERS = 2;
/** Hostile peers need to connect before they can send again what they sent. */
const REPLAY_AFTER_MS = 2_000;
const WORLD_INDICES = 100_000_000;
/** How long after a finding the attackers' own accounts may come. */
const ACCOUNT_MS = 1_000;

/** Attacks a live bridge for so many seconds, in a new process whenever it has ended or hangs. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const tally = new Tally();
  let leftMs = options.seconds * 1_000;
  let worlds = 0;
  while (worlds < MOST_WORLDS && leftMs > 0) leftMs -= await runWorld(options, tally, leftMs, worlds++);
  return { tally, seconds: options.seconds - leftMs / 1_000, worlds };
}

/** Gives how long the attack lasted, in ms: all of `forMs`, or less when it was cut short. */
async function runWorld(options: FuzzOptions, tally: Tally, forMs: number, number: number): Promise<number> {
  const { seed, corpora, replay, perSecond: most = DEFAULT_PER_SECOND } = options;
  let perSecond = FIRST_PER_SECOND;
  let world: World | undefined;
  let spoil = (_spoiled: 'hung' | 'lost') => {};
  const spoiled = new Promise<'hung' | 'lost'>((resolve) => {
    spoil = resolve;
  });
  const waiting = new Map<Finding, number>();
  const look = (finding: Finding | undefined) => {
    if (finding === undefined) return;
    options.onFinding?.(finding);
    waiting.set(finding, 0);
    world?.askForRecent();
  };
  const onReport = (report: Report) => {
    if (report.type === 'recent') account(waiting, report.attacks);
    look(tally.take(report));
    if (report.type === 'lost') spoil('lost');
    if (report.type !== 'target') return;
    world?.aim(report.ports);
    if (replay !== undefined) return;
    perSecond = nextRate(perSecond, report.busy, most);
    world?.attack(perSecond / 2);
  };
  const onHang = (hex: string) => {
    look(tally.find('hang', `handling ${hex}`));
    spoil('hung');
  };
  world = await World.start({ seed, corpora, firstIndex: number * WORLD_INDICES, onReport, onHang });
  const begunAt = monotonicMs();
  tally.attackBegins(begunAt);
  if (replay !== undefined) setTimeout(() => world?.replay(replay), REPLAY_AFTER_MS);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<'over'>((resolve) => {
    timer = setTimeout(() => resolve('over'), forMs);
  });
  const end = await Promise.race([over, spoiled, world.ended]).catch(async (error: unknown) => {
    clearTimeout(timer);
    await world.abandon();
    throw error;
  });
  clearTimeout(timer);
  const lastedMs = Math.min(forMs, monotonicMs() - begunAt);
  if (end === 'over') {
    await world.stop();
    return forMs;
  }
  if (typeof end === 'object') {
    look(tally.find('exit', `the bridge ended with ${end.signal ?? `code ${end.code}`}: ${world.target.output}`));
  }
  await new Promise((resolve) => setTimeout(resolve, ACCOUNT_MS));
  await world.abandon();
  return lastedMs;
}

function nextRate(perSecond: number, busy: number, most: number): number {
  const factor = busy > WANTED_BUSY + 0.05 ? 0.8 : busy < WANTED_BUSY - 0.05 ? 1.15 : 1;
  return Math.max(FIRST_PER_SECOND / 4, Math.min(most, perSecond * factor));
}

/** Each finding hears from both attackers, once. */
function account(waiting: Map<Finding, number>, attacks: readonly Attack[]): void {
  for (const [finding, heard] of waiting) {
    finding.attacks = [...finding.attacks, ...attacks];
    if (heard + 1 === ATTACKERS) waiting.delete(finding);
    else waiting.set(finding, heard + 1);
  }
}
