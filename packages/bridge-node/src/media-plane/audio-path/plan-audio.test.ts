import { describe, expect, it } from 'vitest';
import { type ParticipantAudio, planAudio } from './plan-audio.ts';

const NOW = 10_000;
const OVER_MEDIA = { format: 'opus', role: 'speaker', muted: false, gain: 1, heardAt: NOW - 20 } as const;

describe('what the model gets', () => {
  it.each([
    ['packets of the only speaker', [{}], { name: 'packets', from: 'p0' }],
    ['packets of the only one who is not muted', [{ muted: true }, {}], { name: 'packets', from: 'p1' }],
    [
      'packets of the only one who speaks among listeners',
      [{ role: 'listener' }, {}, { role: 'observer' }],
      { name: 'packets', from: 'p1' },
    ],
    ['packets of the only one who sends', [{}, { heardAt: Number.NEGATIVE_INFINITY }], { name: 'packets', from: 'p0' }],
    [
      'packets of the one who is left when another froze',
      [{}, { heardAt: NOW - 2_000 }],
      { name: 'packets', from: 'p0' },
    ],
    ['a mix of two', [{}, {}], { name: 'mix' }],
    ['a mix of one who is made louder', [{ gain: 1.5 }], { name: 'mix' }],
    ['a mix of one who sends PCM', [{ format: 'pcm' }], { name: 'mix' }],
    ['nothing of nobody', [], { name: 'nothing' }],
    ['nothing of one turned down to nothing', [{ gain: 0 }], { name: 'nothing' }],
  ] as const)('is %s', (_, changes, model) => {
    expect(plan(changes).model).toEqual(model);
  });
});

describe('what a participant hears', () => {
  it.each([
    ['packets of the assistant', {}, {}, 'packets'],
    ['a mix when it takes PCM', { format: 'pcm' }, {}, 'mix'],
    ['a mix while a recording is spoken', {}, { isPlaying: true }, 'mix'],
    ['nothing as an observer', { role: 'observer' }, { isPlaying: true, hearEachOther: true }, 'nothing'],
    ['a mix when it hears another who speaks', { role: 'listener' }, { hearEachOther: true }, 'mix'],
  ] as const)('is %s', (_, change, session, hearing) => {
    expect(plan([change, {}], session).hearing.get('p0')).toBe(hearing);
  });

  it('is packets when the only one who speaks is itself', () => {
    const { hearing, decodesSpeakers } = plan([{}, { muted: true }], { hearEachOther: true });
    expect([hearing.get('p0'), hearing.get('p1')]).toEqual(['packets', 'mix']);
    expect(decodesSpeakers).toBe(true);
  });
});

it('decodes nothing that nobody needs decoded', () => {
  expect(plan([{}, { role: 'listener' }])).toMatchObject({ decodesSpeakers: false, decodesAssistant: false });
  expect(plan([{}, {}])).toMatchObject({ decodesSpeakers: true, decodesAssistant: false });
  expect(plan([{}, { format: 'pcm', role: 'listener' }])).toMatchObject({
    decodesSpeakers: false,
    decodesAssistant: true,
  });
});

function plan(changes: readonly Partial<ParticipantAudio>[], session = {}) {
  const participants = changes.map((change, index) => ({ ...OVER_MEDIA, id: `p${index}`, ...change }));
  return planAudio(participants, { hearEachOther: false, isPlaying: false, ...session }, NOW);
}
