import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/** How long a connection may be silent, and a plain request take to arrive, in ms. */
const FIRST_BYTES_MS = 10_000;
const MAX_HEAD_BYTES = 8_192;
/** The first byte of a TLS connection: a handshake record (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 0x16;

/** A plain HTTP answer. */
export interface PlainAnswer {
  readonly status: 200 | 308 | 400 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const REASONS = { 200: 'OK', 308: 'Permanent Redirect', 400: 'Bad Request', 404: 'Not Found' } as const;

/**
 * Lets a TLS server understand plain HTTP at the same port, for who types an address without `https:`. `answer` is asked for the
 * path (with query) and the `Host` of a GET or HEAD; nothing else is answered.
 */
export function answerPlainConnections(server: Server, answer: (path: string, host: string) => PlainAnswer): void {
  const takers = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const give = () => {
      for (const taker of takers) Reflect.apply(taker, server, [socket]);
    };
    readFirst(socket, answer, give);
  });
}

function readFirst(socket: Socket, answer: (path: string, host: string) => PlainAnswer, give: () => void): void {
  let head = Buffer.alloc(0);
  const drop = () => socket.destroy();
  const timer = setTimeout(drop, FIRST_BYTES_MS);
  const stop = () => {
    clearTimeout(timer);
    socket.off('data', read).off('error', drop).off('close', stop);
  };
  const read = (bytes: Buffer) => {
    if (head.length === 0 && bytes[0] === TLS_HANDSHAKE) {
      stop();
      socket.pause();
      socket.unshift(bytes);
      give();
      return;
    }
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1 && head.length <= MAX_HEAD_BYTES) return;
    socket.pause();
    socket.off('data', read);
    socket.end(end === -1 ? write(refused(), false) : reply(head.subarray(0, end).toString('latin1'), answer), drop);
  };
  socket.on('data', read).on('error', drop).on('close', stop);
}

function reply(head: string, answer: (path: string, host: string) => PlainAnswer): Buffer {
  const [, method, path] = /^(GET|HEAD) (\/[!-~]*) HTTP\/1\.[01]\r\n/.exec(head) ?? [];
  const host = /\r\nhost:[ \t]*([A-Za-z0-9.:[\]-]+)[ \t]*(?:\r\n|$)/i.exec(head)?.[1];
  if (method === undefined || path === undefined || host === undefined) return write(refused(), false);
  return write(answer(path, host), method === 'HEAD');
}

function write({ status, headers, body }: PlainAnswer, headOnly: boolean): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length), connection: 'close' });
  const head = [`HTTP/1.1 ${status} ${REASONS[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), headOnly ? Buffer.alloc(0) : body]);
}

function refused(): PlainAnswer {
  return { status: 400, headers: { 'content-type': 'text/plain' }, body: Buffer.from('This server speaks HTTPS\n') };
}
