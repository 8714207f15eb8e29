import { scriptMicrophone } from './microphone.ts';

/** The path of what a microphone hears of a person who asks for a story and, in the middle of it, for a red lamp; removed with the test. */
export async function storySpokenOver(): Promise<string> {
  const microphone = await scriptMicrophone([
    { silenceMs: 4_000 },
    { say: 'tell me a story' },
    // On a busy machine it takes some seconds until the story, which is far longer, is told.
    { silenceMs: 7_000 },
    { say: 'set the lamp to red' },
    { silenceMs: 15_000 },
  ]);
  return microphone.path;
}
