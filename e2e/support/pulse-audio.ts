import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { readRaw, type Sound } from './wav.ts';

const START_MS = 10_000;
const POLL_MS = 20;
const RATE_HZ = 48_000;

/** Whether this machine has PulseAudio and the programs that play through it. */
export const hasPulseAudio = ['pulseaudio', 'paplay', 'parec'].every(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined,
);

/** A sound server of one's own without hardware: a speaker that nobody hears, and a microphone that hears what is played to it. */
export interface SoundServer {
  /** What a program needs in its environment to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Plays a mono 48 kHz WAV into the microphone; resolves when its last sample was played. */
  playToMicrophone(wavPath: string): Promise<void>;
  /** Records the speaker from now on; `stop` gives what was heard, mono at 48 kHz. */
  recordSpeaker(): { stop(): Promise<Sound> };
  close(): Promise<void>;
}

/** Starts a private PulseAudio in a folder of its own, at 48 kHz: Firefox runs no audio without a sound server. */
export async function startSoundServer(): Promise<SoundServer> {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-sound-'));
  const socket = join(folder, 'native');
  const environment = {
    XDG_RUNTIME_DIR: folder,
    PULSE_RUNTIME_PATH: folder,
    PULSE_STATE_PATH: folder,
    PULSE_SERVER: `unix:${socket}`,
  };
  const script = join(folder, 'start.pa');
  writeFileSync(script, startScript(socket));
  const flags = ['--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--high-priority=no', '--realtime=no'];
  const server = spawn('pulseaudio', [...flags, '--disable-shm=yes', '-nF', script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const programs = new Set<ChildProcess>();
  const start = (program: string, args: readonly string[]) => {
    const child = spawn(program, [...args, '--latency-msec=60'], {
      env: { ...process.env, ...environment },
      stdio: 'ignore',
    });
    programs.add(child);
    return child;
  };
  const close = async () => {
    await Promise.all([...programs].map(end));
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(server, socket);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    environment,
    async playToMicrophone(wavPath) {
      const code = await ended(start('paplay', ['--device=microphone', wavPath]));
      if (code !== 0) throw new Error(`paplay ended with exit code ${code}`);
    },
    recordSpeaker() {
      const path = join(folder, `heard-${programs.size}.raw`);
      const format = ['--raw', '--format=s16le', `--rate=${RATE_HZ}`, '--channels=1'];
      const recorder = start('parec', ['--device=speaker.monitor', ...format, path]);
      return {
        async stop() {
          await end(recorder);
          return readRaw(path, RATE_HZ);
        },
      };
    },
    close,
  };
}

/** The door comes last: whoever can connect finds everything there. */
function startScript(socket: string): string {
  const sink = (name: string) => `load-module module-null-sink sink_name=${name} rate=${RATE_HZ} channels=1`;
  return [
    sink('speaker'),
    sink('microphone'),
    `load-module module-remap-source source_name=voice master=microphone.monitor rate=${RATE_HZ} channels=1`,
    'set-default-sink speaker',
    'set-default-source voice',
    `load-module module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
    '',
  ].join('\n');
}

async function listening(server: ChildProcess, socket: string): Promise<void> {
  let said = '';
  server.stderr?.on('data', (text) => {
    said += text;
  });
  const deadline = performance.now() + START_MS;
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error(`PulseAudio ended with exit code ${server.exitCode}: ${said}`);
    if (performance.now() > deadline) throw new Error(`PulseAudio did not start within ${START_MS} ms: ${said}`);
    await passed(POLL_MS);
  }
}

async function end(program: ChildProcess): Promise<void> {
  const over = ended(program);
  program.kill('SIGTERM');
  await over;
}

function ended(program: ChildProcess): Promise<number | null> {
  if (program.exitCode !== null || program.signalCode !== null) return Promise.resolve(program.exitCode);
  return new Promise((resolve, reject) => {
    program.once('error', reject);
    program.once('exit', resolve);
  });
}
