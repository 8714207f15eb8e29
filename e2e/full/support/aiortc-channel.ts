import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseJson } from '@voice-bridge/core';
import * as z from 'zod/mini';
import type { PcmWay } from './pcm-client.ts';

const PROGRAM = fileURLToPath(new URL('./channel.py', import.meta.url));
const MAX_LINE = 1_000_000;
const toldSchema = z.object({ text: z.optional(z.string()), bytes: z.optional(z.string()) });

/** A data channel of aiortc in a Python process of its own; resolves when it is open. */
export async function openAiortcChannel(url: string, conversationId: string): Promise<PcmWay> {
  const program = spawn('/usr/bin/python3', [PROGRAM, url, conversationId], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  const waiting: (string | Uint8Array)[] = [];
  let take = (message: string | Uint8Array) => {
    waiting.push(message);
  };
  const opened = new Promise<void>((resolve, reject) => {
    ended.then(([code]) => reject(new Error(`aiortc ended with ${code}`)), reject);
    createInterface({ input: program.stdout }).on('line', (line) => {
      const told = parseJson(toldSchema, line, MAX_LINE);
      if (!told.ok) reject(new Error(told.problem));
      else if (told.value.text === 'open') resolve();
      else take(told.value.text ?? Buffer.from(told.value.bytes ?? '', 'base64'));
    });
  });
  await opened;
  return {
    send(message) {
      const order =
        typeof message === 'string' ? { text: message } : { bytes: Buffer.from(message).toString('base64') };
      program.stdin.write(`${JSON.stringify(order)}\n`);
    },
    receive(taker) {
      take = taker;
      for (const message of waiting.splice(0)) taker(message);
    },
    async close() {
      program.stdin.end();
      await ended;
    },
  };
}
