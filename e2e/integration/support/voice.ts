import { RealtimeTestClient } from '@voice-bridge/local-realtime/testing';

/** What the local model's voice (Flite) sounds like saying each of these: mono PCM16 at 16 kHz. Takes as long as saying them. */
export async function spoken<Name extends string>(
  modelUrl: string,
  sentences: Readonly<Record<Name, string>>,
): Promise<Record<Name, Int16Array>> {
  const names = Object.keys(sentences).filter((name): name is Name => name in sentences);
  const said = await Promise.all(names.map(async (name) => [name, await say(modelUrl, sentences[name])] as const));
  const sounds: Partial<Record<Name, Int16Array>> = {};
  for (const [name, pcm] of said) sounds[name] = pcm;
  return Object.assign(requireAll(names, sounds));
}

async function say(url: string, text: string): Promise<Int16Array> {
  const client = await RealtimeTestClient.connect({ url });
  try {
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'system', content: [{ type: 'input_text', text: `Say "${text}"` }] },
    });
    client.send({ type: 'response.create' });
    await client.waitFor('output_audio_buffer.stopped');
    return client.heard();
  } finally {
    await client.close();
  }
}

function requireAll<Name extends string>(
  names: readonly Name[],
  sounds: Partial<Record<Name, Int16Array>>,
): Record<Name, Int16Array> {
  const complete = (value: Partial<Record<Name, Int16Array>>): value is Record<Name, Int16Array> =>
    names.every((name) => value[name] !== undefined);
  if (!complete(sounds)) throw new Error('A sentence was not spoken');
  return sounds;
}
