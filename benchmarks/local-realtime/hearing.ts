import { seededRandom } from '@voice-bridge/core/testing';
import { RealtimeTestClient, testSpeech } from '@voice-bridge/local-realtime/testing';
import { type HumanSpeech, humanSpeech, SPEECH_TOOLS, wrongWords } from './human-speech.ts';

const SILENCE_MS = 300;
/** People who read aloud pause. */
const PATIENT_SILENCE_MS = 900;
const SENTENCES = ['how are you today', 'can you hear me', 'thank you very much', 'good morning', 'never mind'];
const LOSS = 0.1;
const AT_ONCE = 4;

/** From the last packet of a sentence to the first packet of its answer, in ms. */
export async function answerTimes(url: string, runs: number): Promise<number[]> {
  const client = await RealtimeTestClient.connect({ url, session: session(SILENCE_MS, []) });
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { length } = client.packets;
    await client.say(await testSpeech(SENTENCES[run % SENTENCES.length] ?? '', 16_000));
    const saidAt = performance.now();
    await client.waitFor('output_audio_buffer.stopped');
    times.push((client.packets[length]?.at ?? Number.NaN) - saidAt);
  }
  await client.close();
  return times;
}

/** What was understood of one recording. */
export interface Understood {
  readonly words: string;
  readonly heard: string;
  readonly wrong: number;
  readonly count: number;
  /** Packets of the microphone, and how many of them were lost on the way. */
  readonly packets: number;
  readonly lost: number;
}

/** What was understood of recordings of people, each in a call of its own; of the packets some share is lost. */
export async function humanWords(url: string, loss: 'none' | '10 %'): Promise<Understood[]> {
  const results: Understood[] = [];
  const left = [...humanSpeech().entries()];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const random = seededRandom(next[0] + 1);
      results.push(await understood(url, next[1], () => loss !== 'none' && random() < LOSS));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

async function understood(url: string, { words, pcm }: HumanSpeech, isLost: () => boolean): Promise<Understood> {
  let packets = 0;
  let lost = 0;
  const loses = () => {
    packets++;
    const gone = isLost();
    if (gone) lost++;
    return gone;
  };
  const client = await RealtimeTestClient.connect({ url, session: session(PATIENT_SILENCE_MS, SPEECH_TOOLS), loses });
  await client.say(pcm);
  const heard = await client
    .waitFor('conversation.item.input_audio_transcription.completed', () => true, 5_000)
    .then(
      ({ transcript }) => transcript,
      () => '',
    );
  await client.close();
  return { words, heard, wrong: wrongWords(words, heard), count: words.split(' ').length, packets, lost };
}

function session(silenceMs: number, tools: typeof SPEECH_TOOLS) {
  return {
    type: 'realtime' as const,
    tools,
    audio: {
      input: {
        transcription: { model: 'whisper-1' },
        turn_detection: { type: 'server_vad' as const, silence_duration_ms: silenceMs },
      },
    },
  };
}
