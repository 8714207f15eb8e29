/** A server with scripted engines, for so many calls as it is told: the other side of `calls-at-once.ts`. */
import { startScriptedRealtime } from '@voice-bridge/local-realtime/testing';

const calls = Number(process.argv.at(-1));
const sentence = {
  type: 'sentence',
  text: 'This is spoken to everybody at the same time, for three seconds.',
} as const;
const turns = Array.from({ length: 2 * calls }, () => [sentence, sentence]);

const server = await startScriptedRealtime({ turns, maxCalls: calls });
process.once('SIGTERM', () => void server.close());
console.log(`OPENAI_BASE_URL=${server.url}`);
