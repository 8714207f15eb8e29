import { type ChildProcess, fork } from 'node:child_process';
import { type Order, type Report, reportSchema } from './messages.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const READY_MS = 30_000;
const STOP_MS = 3_000;

/** One of the processes of a fuzz run. */
export class RoleProcess {
  readonly name: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #ready: Promise<Extract<Report, { type: 'ready' }>>;
  #output = '';

  /** Starts `roles/<name>.ts`. `onReport` hears everything it tells; `onOutput` what it prints. */
  constructor(
    name: string,
    settings: object,
    onReport: (report: Report) => void,
    onOutput: (text: string) => void = () => {},
  ) {
    this.name = name;
    const program = new URL(`../roles/${name}.ts`, import.meta.url).pathname;
    this.#child = fork(program, [JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.exited = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve({ code, signal })));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = `${this.#output}${text}`.slice(-4_000);
        onOutput(text);
      });
    }
    this.#ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} is not ready after ${READY_MS} ms`)), READY_MS);
      this.#child.on('message', (message) => {
        const report = reportSchema.parse(message);
        if (report.type === 'ready') {
          clearTimeout(timer);
          resolve(report);
        }
        onReport(report);
      });
      this.exited.then(() => {
        clearTimeout(timer);
        reject(new Error(`${name} ended: ${this.#output}`));
      });
    });
    this.#ready.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The end of what it printed. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with its first `ready`; rejects when it ends before, or after 30 s. */
  whenReady(): Promise<Extract<Report, { type: 'ready' }>> {
    return this.#ready;
  }

  tell(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => {});
  }

  /** Asks it to end, and ends it when it has not after 3 s. */
  async stop(): Promise<void> {
    this.tell({ type: 'stop' });
    const timer = setTimeout(() => this.kill(), STOP_MS);
    await this.exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
