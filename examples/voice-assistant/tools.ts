import { tool } from '@voice-bridge/bridge-node';
import * as z from 'zod';

const COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'white', 'off'] as const;
const MAX_NOTES = 50;
const MAX_CONVERSATIONS = 1_000;

/** Notes by conversation: they outlive a session, and nobody reads another conversation's. The oldest conversation makes room. */
const notes = new Map<string, string[]>();

/** The assistant's tools. They run on the server; the page only sees what they report. */
export const tools = {
  set_lamp: tool({
    description:
      'Switch the lamp on the page to a colour, or off. Say: "set the lamp to blue", "turn the lamp green", "make the light red", "turn the lamp off".',
    input: z.object({ colour: z.enum(COLOURS) }),
    run: async ({ colour }) => ({
      colour,
      say: colour === 'off' ? 'The lamp is off.' : `The lamp is ${colour} now.`,
    }),
  }),

  add_note: tool({
    description:
      'Write a note down for later. Say: "take a note buy milk", "take a note call my mother", "take a note water the plants".',
    input: z.object({ text: z.string().min(1).max(500) }),
    run: async ({ text }, { conversationId }) => {
      const mine = notes.get(conversationId) ?? [];
      notes.delete(conversationId);
      notes.set(conversationId, [...mine, text].slice(-MAX_NOTES));
      for (const oldest of notes.keys()) {
        if (notes.size <= MAX_CONVERSATIONS) break;
        notes.delete(oldest);
      }
      return { text, say: `I wrote down: ${text}.` };
    },
  }),

  read_notes: tool({
    description: 'Read every note back. Say: "read my notes", "what are my notes".',
    input: z.object({}),
    run: async (_input, { conversationId }) => {
      const mine = notes.get(conversationId) ?? [];
      if (mine.length === 0) return { notes: mine, say: 'You have no notes yet.' };
      return {
        notes: mine,
        say: `You have ${mine.length} ${mine.length === 1 ? 'note' : 'notes'}. ${mine.join('. ')}.`,
      };
    },
  }),

  start_timer: tool({
    description:
      'Start a timer and say when it is over. Say: "start a timer for ten seconds", "set a timer for five seconds".',
    input: z.object({ seconds: z.int().min(1).max(600) }),
    timeoutMs: 610_000,
    run: async ({ seconds }, { signal, progress, announce }) => {
      announce(`Say: "The timer runs for ${inWords(seconds)}."`);
      for (let left = seconds; left > 0; left--) {
        progress({ seconds, left });
        await second(signal);
      }
      return { seconds, say: `Time is up. ${inWords(seconds)} ${seconds === 1 ? 'has' : 'have'} passed.` };
    },
  }),

  roll_dice: tool({
    description: 'Roll one six-sided die. Say: "roll the dice", "throw the dice".',
    input: z.object({}),
    run: async () => {
      const value = 1 + Math.floor(Math.random() * 6);
      return { value, say: `You rolled a ${value}.` };
    },
  }),
};

function inWords(seconds: number): string {
  return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}

/** Resolves after one second; rejects as soon as the session ends. */
function second(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, 1_000);
    signal.addEventListener('abort', stop, { once: true });
  });
}
