import { describe, expect, it } from 'vitest';
import { SessionBench } from '../testing/session-bench.ts';

const GREETING = 'Greet the caller.';

function greetings(bench: SessionBench) {
  return bench.model
    .got('conversation.item.create')
    .filter(({ item }) => item.type === 'message' && item.role === 'system');
}

async function open(history: SessionBench['options']['history'] = []): Promise<SessionBench> {
  const bench = new SessionBench();
  return bench.open({ history, upstream: { ...bench.options.upstream, greeting: GREETING } });
}

describe('an assistant that speaks first', () => {
  it('waits until somebody hears it, and does it once [S-2.11]', async () => {
    const bench = await open();
    expect(greetings(bench)).toEqual([]);
    await bench.join('watching', { role: 'observer' });
    expect(greetings(bench)).toEqual([]);
    await bench.join();
    await bench.join();
    expect(greetings(bench)).toHaveLength(1);
    expect(greetings(bench)[0]?.item).toMatchObject({ content: [{ type: 'input_text', text: GREETING }] });
    expect(bench.model.got('response.create')).toHaveLength(1);
  });

  it('does not greet in a conversation that goes on', async () => {
    const bench = await open([{ id: 'ses_0/a', role: 'user', text: 'I am Ada.', state: 'final' }]);
    await bench.join();
    expect(greetings(bench)).toEqual([]);
  });
});

describe('push-to-talk', () => {
  async function talk() {
    const bench = new SessionBench();
    await bench.open({ upstream: { ...bench.options.upstream, turnDetection: null } });
    return { bench, client: await bench.join('ada') };
  }

  it('is told to the model, which finds no end of a turn by itself, and to who joins', async () => {
    const { bench, client } = await talk();
    expect(client.messages[0]).toMatchObject({ type: 'joined', push_to_talk: true });
    expect(bench.model.got('session.update')[0]?.session.audio?.input?.turn_detection).toBeNull();
    client.send({ type: 'clear' });
    client.send({ type: 'commit' });
    await bench.pass(200);
    expect(bench.model.events.slice(-2).map(({ type }) => type)).toEqual([
      'input_audio_buffer.clear',
      'input_audio_buffer.commit',
    ]);
    bench.model.say({ type: 'input_audio_buffer.committed', item_id: 'u1', previous_item_id: null });
    bench.model.say({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'u1',
      content_index: 0,
      transcript: 'Hello.',
    });
    await bench.settle();
    expect(bench.model.got('response.create')).toHaveLength(1);
    expect(bench.got('transcript').at(-1)?.entry).toMatchObject({ text: 'Hello.', participant_id: 'ada' });
    expect(bench.got('activity').length).toBeGreaterThan(0);
  });

  it('is refused to whoever is not heard', async () => {
    const { bench, client } = await talk();
    client.send({ type: 'mute', muted: true });
    client.send({ type: 'commit' });
    await bench.pass(200);
    expect(client.got('error')).toMatchObject([{ code: 'forbidden' }]);
    expect(bench.model.got('input_audio_buffer.commit')).toEqual([]);
  });
});
