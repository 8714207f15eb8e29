import { tool } from '@voice-bridge/bridge-node';
import { type ResampleRate, Resampler } from '@voice-bridge/core';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { goForwardTenMeters, hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { openSpeechLine, type SpeechLine } from '../support/speech-line.ts';

afterEach(closeAll);

const WAIT = { timeout: 60_000 };
/** A pause that a busy machine makes in the middle of a sentence does not end it. */
const PATIENT = { type: 'server_vad', silence_duration_ms: 2_000 } as const;
const ANSWER = 'I am on my way.';

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
  '[S-3.10] [S-3.26] what a person says over a plain WebSocket is understood by the recogniser, and the answer that comes back can be',
  async () => {
    const driven: string[] = [];
    const house = await startHouse({
      turnDetection: PATIENT,
      tools: {
        drive_forward: tool({
          description: 'Drive. Say: "go forward ten meters", "go somewhere and do something".',
          input: z.object({}),
          run: async (_input, { participantId }) => {
            driven.push(participantId ?? 'nobody');
            return { say: ANSWER };
          },
        }),
      },
    });
    cleanup(() => house.close());
    const line = await openSpeechLine(house.url, 'alone', 'Ada');
    const { pcm } = goForwardTenMeters();
    const [ada] = house.bridge.sessions.participants('alone') ?? [];
    await line.say(resampled(pcm, 16_000, 24_000));
    await line.say(new Int16Array(24_000 * 4));
    await expect.poll(() => finalLines(line, 'assistant').length, WAIT).toBe(1);
    await expect
      .poll(() => line.messages.findLast(({ type }) => type === 'assistant'), WAIT)
      .toMatchObject({ state: 'idle' });
    expect(finalLines(line, 'user')).toMatchObject([
      { text: 'go forward ten meters', participant_id: ada?.participantId },
    ]);
    expect(finalLines(line, 'assistant')).toMatchObject([{ text: ANSWER }]);
    expect(driven).toEqual([ada?.participantId]);
    const heard = resampled(Int16Array.from(line.heard.flatMap((frame) => [...frame])), 24_000, 48_000);
    const words = await recognise({ pcm: heard, sampleRateHz: 48_000 }, [ANSWER, 'go forward ten meters', 'Done.']);
    expect(words).toBe('i am on my way');
  },
);

/** The lines of the transcript that change no more. */
function finalLines({ messages }: SpeechLine, role: 'user' | 'assistant') {
  const entries = messages.flatMap((message) => (message.type === 'transcript' ? [message.entry] : []));
  return entries.filter((entry) => entry.role === role && entry.state === 'final');
}

function resampled(pcm: Int16Array, fromHz: ResampleRate, toHz: ResampleRate): Int16Array {
  return new Resampler(fromHz, toHz).process(pcm);
}
