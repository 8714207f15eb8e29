import { availableParallelism } from 'node:os';
import type { Attack, Report, SharedPath } from './messages.ts';
import { type Exit, RoleProcess } from './role-process.ts';
import { HANG_LINE } from './watchdog.ts';

/** How a world is made. */
export interface WorldOptions {
  readonly seed: number;
  /** The first inputs' number: a world after another goes on where that one ended. */
  readonly firstIndex: number;
  readonly corpora: string | undefined;
  readonly onReport: (report: Report) => void;
  /** The bridge's main thread no longer runs; `hex` is the datagram it was handling. */
  readonly onHang: (hex: string) => void;
}

/** More cores than these do not change what two busy processes see of the machine. */
const MOST_CONTROLS = 8;

/** A bridge, its model, four bystanders, an idle control process for every core and the attackers, each in a process of its own. */
export class World {
  readonly target: RoleProcess;
  readonly attackers: readonly RoleProcess[];
  readonly #peaceful: readonly RoleProcess[];
  readonly #controls: readonly RoleProcess[];

  private constructor(
    target: RoleProcess,
    attackers: readonly RoleProcess[],
    peaceful: readonly RoleProcess[],
    controls: readonly RoleProcess[],
  ) {
    this.target = target;
    this.attackers = attackers;
    this.#peaceful = peaceful;
    this.#controls = controls;
  }

  /** Starts everything; the attackers wait for a rate. Rejects when something does not start, and leaves nothing behind. */
  static async start({ seed, firstIndex, corpora, onReport, onHang }: WorldOptions): Promise<World> {
    const started: RoleProcess[] = [];
    const start = (name: string, settings: object, onOutput?: (text: string) => void, watch = onReport) => {
      const role = new RoleProcess(name, settings, watch, onOutput);
      started.push(role);
      return role;
    };
    try {
      let modelPaths: readonly SharedPath[] = [];
      const model = start('model', { seed }, undefined, (report) => {
        if (report.type === 'ready') modelPaths = report.sharedPaths;
        onReport(report);
      });
      const modelUrl = (await model.whenReady()).url;
      const target = start('target', { modelUrl }, watchForHang(onHang));
      const bridgeUrl = (await target.whenReady()).url;
      const bystanders = start('bystanders', { bridgeUrl });
      const { sharedPaths } = await bystanders.whenReady();
      const cores = Math.min(MOST_CONTROLS, availableParallelism());
      const controls = Array.from({ length: cores }, (_, core) => start('control', { core }));
      let strangers: readonly number[] = [];
      const attack = { seed, firstIndex, ...(corpora === undefined ? {} : { corpora }) };
      const outside = start(
        'outside',
        { ...attack, sharedPaths: [...sharedPaths, ...modelPaths] },
        undefined,
        (report) => {
          if (report.type === 'ports') strangers = report.ports;
          onReport(report);
        },
      );
      await Promise.all([...controls, outside].map((role) => role.whenReady()));
      target.tell({ type: 'attackers', ports: [...strangers] });
      const inside = start('inside', { ...attack, bridgeUrl });
      await inside.whenReady();
      controls[0]?.tell({ type: 'watch', pid: target.pid });
      return new World(target, [outside, inside], [bystanders, model], controls);
    } catch (error) {
      for (const role of started) role.kill();
      throw error;
    }
  }

  /** Resolves when the bridge's process has ended; rejects when another one has, which is no finding but a fault of ours. */
  get ended(): Promise<Exit> {
    const faults = [...this.attackers, ...this.#peaceful, ...this.#controls].map(async (role): Promise<never> => {
      const { code, signal } = await role.exited;
      throw new Error(`${role.name} ended with ${signal ?? `code ${code}`}: ${role.output}`);
    });
    return Promise.race([this.target.exited, ...faults]);
  }

  /** Tells the strangers which UDP ports there are to attack. */
  aim(ports: readonly number[]): void {
    this.attackers[0]?.tell({ type: 'aim', ports: [...ports] });
  }

  /** Datagrams a second, of each attacker. */
  attack(perSecond: number): void {
    for (const attacker of this.attackers) attacker.tell({ type: 'rate', perSecond });
  }

  /** Has the attackers send these again. */
  replay(attacks: readonly Attack[]): void {
    for (const attacker of this.attackers) attacker.tell({ type: 'replay', attacks: [...attacks] });
  }

  /** Has every attacker tell its last inputs. */
  askForRecent(): void {
    for (const attacker of this.attackers) attacker.tell({ type: 'tell recent' });
  }

  /** Ends the attack first, the listeners next, then the bridge: nobody hears an end that is only the run's. Who saw the machine tells last. */
  async stop(): Promise<void> {
    await Promise.all(this.attackers.map((role) => role.stop()));
    await Promise.all(this.#peaceful.map((role) => role.stop()));
    await this.target.stop();
    await Promise.all(this.#controls.map((role) => role.stop()));
  }

  /** Ends everything at once, unheard. */
  async abandon(): Promise<void> {
    const all = [...this.attackers, ...this.#peaceful, ...this.#controls, this.target];
    for (const role of all) role.kill();
    await Promise.all(all.map((role) => role.exited));
  }
}

function watchForHang(onHang: (hex: string) => void): (text: string) => void {
  let pending = '';
  return (text) => {
    const lines = `${pending}${text}`.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const hex = line.startsWith(HANG_LINE) ? /"hex":"([0-9a-f]*)"/.exec(line)?.[1] : undefined;
      if (hex !== undefined) onHang(hex);
    }
  };
}
