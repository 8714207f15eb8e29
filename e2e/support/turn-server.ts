import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = '/usr/bin/turnserver';
const [USERNAME, CREDENTIAL] = ['caller', 'not a secret'] as const;
const ATTEMPT_MS = 100;
const ATTEMPTS = 100;

/** What a machine needs for a {@link TurnServer}. */
export const turnNeeds = { 'a TURN server (coturn)': existsSync(PROGRAM) };

/** A coturn on loopback that lets its clients reach loopback, with one user. */
export interface TurnServer {
  readonly urls: string;
  readonly username: string;
  readonly credential: string;
  close(): Promise<void>;
}

/** Starts one on a free port; resolves when it answers. */
export async function startTurnServer(): Promise<TurnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'turn-'));
  const port = await freePort();
  const loopback = ['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', '--allow-loopback-peers'];
  const user = ['--lt-cred-mech', `--user=${USERNAME}:${CREDENTIAL}`, '--realm=test'];
  const nothingElse = ['-n', '--no-cli', '--no-tls', '--no-dtls', '--no-tcp', '--log-file=stdout', '--simple-log'];
  const files = [`--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'users')}`];
  const child = spawn(PROGRAM, [...nothingElse, ...loopback, ...user, ...files, `--listening-port=${port}`], {
    stdio: 'ignore',
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; !(await answers(port)); attempt++) {
    if (attempt < ATTEMPTS && child.exitCode === null) continue;
    await close();
    throw new Error('The TURN server did not start');
  }
  return { urls: `turn:127.0.0.1:${port}?transport=udp`, username: USERNAME, credential: CREDENTIAL, close };
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Whether a STUN request to the port is answered soon. */
async function answers(port: number): Promise<boolean> {
  const request = Buffer.from(`000100002112a442${'00'.repeat(12)}`, 'hex');
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  const answered = await new Promise<boolean>((resolve) => {
    socket.once('message', () => resolve(true));
    socket.send(request, port, '127.0.0.1');
    setTimeout(() => resolve(false), ATTEMPT_MS);
  });
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return answered;
}
