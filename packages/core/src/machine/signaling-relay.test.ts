import { describe, expect, it } from 'vitest';
import {
  MAX_SIGNALING_LENGTH,
  type PeerId,
  type PhoneId,
  parsePeerId,
  parseSignalingEvent,
} from '../protocol/signaling.ts';
import {
  emptySignalingRelay,
  MAX_WAITING_LENGTH,
  MAX_WAITING_MESSAGES,
  type SignalingRelayInput,
  stepSignalingRelay,
} from './signaling-relay.ts';

const OFFER = '{"type":"offer","sdp":"v=0 desktop"}';
const ANSWER = '{ "type": "answer",\n "sdp": "v=0 phone" }';
const CANDIDATE = '{"type":"candidate","candidate":{"candidate":"candidate:1","sdpMLineIndex":0,"sdpMid":"0"}}';

const join = (peerId: PeerId, connection: number): SignalingRelayInput => ({ type: 'join', peerId, connection });
const say = (connection: number, text: string): SignalingRelayInput => ({ type: 'message', connection, text });
const leave = (connection: number): SignalingRelayInput => ({ type: 'leave', connection });
const remove = (peerId: PhoneId): SignalingRelayInput => ({ type: 'remove', peerId });
const accept = (peerId: PhoneId): SignalingRelayInput => ({ type: 'accept', peerId });
const peer = (peerId: string, state: string) => JSON.stringify({ type: 'peer', peer_id: peerId, state });

/** What the last of these inputs made the relay do, as `connection: text`, `connection closed`, or a note of who is absent. */
function lastOf(...inputs: SignalingRelayInput[]): string[] {
  let state = emptySignalingRelay;
  let done: string[] = [];
  for (const input of inputs) {
    const step = stepSignalingRelay(state, input);
    state = step.state;
    done = step.effects.map((effect) => {
      if (effect.type === 'send') return `${effect.connection}: ${effect.text}`;
      if (effect.type === 'closeReplaced') return `${effect.connection} closed`;
      if (effect.type === 'closeRemoved') return `${effect.connection} removed`;
      return `${effect.from} ${effect.waits ? 'waits for' : 'misses'} ${effect.to}`;
    });
  }
  return done;
}

const [DESKTOP, PHONE, SECOND, THIRD] = [1, 2, 3, 4];
const pair = [join('desktop', DESKTOP), join('mobile', PHONE)];
const three = [...pair, join('mobile-2', SECOND)];
const error = (connection: number, code: string, message: string) =>
  `${connection}: ${JSON.stringify({ type: 'error', code, message })}`;

const CASES: [string, SignalingRelayInput[], string[]][] = [
  [
    'what has a carriage return in it does not pass: not every way could carry it as it is',
    [...pair, say(DESKTOP, '{"type":"offer",\r\n"sdp":"v=0"}')],
    [error(DESKTOP, 'invalid_message', 'A carriage return cannot pass')],
  ],
  ['[S-0.5] a first peer is told nothing', [join('desktop', DESKTOP)], []],
  [
    'a phone and its desktop are told of each other',
    pair,
    [`2: ${peer('desktop', 'joined')}`, `1: ${peer('mobile', 'joined')}`],
  ],
  [
    'phones are told nothing of each other',
    three,
    [`3: ${peer('desktop', 'joined')}`, `1: ${peer('mobile-2', 'joined')}`],
  ],
  [
    'a desktop is told of every phone that is there',
    [join('mobile-2', SECOND), join('mobile', PHONE), join('desktop', DESKTOP)],
    [
      `1: ${peer('mobile-2', 'joined')}`,
      `1: ${peer('mobile', 'joined')}`,
      `3: ${peer('desktop', 'joined')}`,
      `2: ${peer('desktop', 'joined')}`,
    ],
  ],

  ['[S-0.7] an offer reaches the phone as it was sent', [...pair, say(DESKTOP, OFFER)], [`2: ${OFFER}`]],
  ['[S-0.8] an answer reaches the desktop byte for byte', [...pair, say(PHONE, ANSWER)], [`1: ${ANSWER}`]],
  ['[S-0.9] candidates go one way', [...pair, say(DESKTOP, CANDIDATE)], [`2: ${CANDIDATE}`]],
  ['[S-0.9] and the other', [...pair, say(PHONE, CANDIDATE)], [`1: ${CANDIDATE}`]],
  [
    'the end of candidates is a message, too',
    [...pair, say(PHONE, '{"type":"candidate","candidate":null}')],
    ['1: {"type":"candidate","candidate":null}'],
  ],
  [
    'the desktop names a further phone',
    [...three, say(DESKTOP, '{"type":"offer","sdp":"x","to":"mobile-2"}')],
    ['3: {"type":"offer","sdp":"x","to":"mobile-2"}'],
  ],
  [
    'it may name the first one',
    [...three, say(DESKTOP, '{"type":"offer","sdp":"x","to":"mobile"}')],
    ['2: {"type":"offer","sdp":"x","to":"mobile"}'],
  ],
  [
    'what a further phone says carries its name, the rest as it was sent',
    [...three, say(SECOND, ANSWER)],
    ['1: {"from":"mobile-2", "type": "answer",\n "sdp": "v=0 phone" }'],
  ],
  [
    'a phone may name the desktop',
    [...three, say(PHONE, '{"type":"answer","sdp":"x","to":"desktop"}')],
    ['1: {"type":"answer","sdp":"x","to":"desktop"}'],
  ],

  [
    'a phone reaches no other phone',
    [...three, say(PHONE, '{"type":"offer","sdp":"x","to":"mobile-2"}')],
    [error(2, 'invalid_message', 'to: expected the desktop')],
  ],
  [
    'a desktop does not reach itself',
    [...pair, say(DESKTOP, '{"type":"offer","sdp":"x","to":"desktop"}')],
    [error(1, 'invalid_message', 'to: expected a phone')],
  ],
  [
    'nobody says who they are',
    [...three, say(PHONE, '{"type":"answer","sdp":"x","from":"mobile-2"}')],
    [error(2, 'invalid_message', 'unknown field from')],
  ],
  [
    '[S-0.42] nor registers',
    [...pair, say(PHONE, '{"type":"register","peer":"desktop"}')],
    [error(2, 'invalid_message', 'type: not one of the allowed values')],
  ],
  ['what is no JSON goes nowhere', [...pair, say(DESKTOP, 'offer')], [error(1, 'invalid_message', 'Not JSON')]],
  [
    'what is too long goes nowhere',
    [...pair, say(DESKTOP, OFFER.padEnd(MAX_SIGNALING_LENGTH + 1))],
    [error(1, 'invalid_message', 'Longer than 65536 characters')],
  ],
  [
    'an offer without SDP goes nowhere',
    [...pair, say(DESKTOP, '{"type":"offer"}')],
    [error(1, 'invalid_message', 'sdp: expected string')],
  ],

  [
    '[S-0.13] an absent phone is waited for',
    [join('desktop', DESKTOP), say(DESKTOP, OFFER)],
    ['desktop waits for mobile'],
  ],
  [
    '[S-0.26] what waits reaches it in order when it joins',
    [join('desktop', DESKTOP), say(DESKTOP, OFFER), say(DESKTOP, CANDIDATE), join('mobile', PHONE)],
    [`2: ${peer('desktop', 'joined')}`, `2: ${OFFER}`, `2: ${CANDIDATE}`, `1: ${peer('mobile', 'joined')}`],
  ],
  [
    'only to whom it was said',
    [join('desktop', DESKTOP), say(DESKTOP, OFFER), join('mobile-2', SECOND)],
    [`3: ${peer('desktop', 'joined')}`, `1: ${peer('mobile-2', 'joined')}`],
  ],
  [
    'a newer offer takes the place of what waits',
    [join('desktop', 1), say(1, OFFER), say(1, CANDIDATE), say(1, '{"type":"offer","sdp":"2"}'), join('mobile', PHONE)],
    [`2: ${peer('desktop', 'joined')}`, '2: {"type":"offer","sdp":"2"}', `1: ${peer('mobile', 'joined')}`],
  ],
  [
    'what waits goes with who said it',
    [join('desktop', DESKTOP), say(DESKTOP, OFFER), leave(DESKTOP), join('desktop', THIRD), join('mobile', PHONE)],
    [`2: ${peer('desktop', 'joined')}`, `4: ${peer('mobile', 'joined')}`],
  ],
  [
    'an answer to a desktop that left is dropped',
    [...pair, leave(DESKTOP), say(PHONE, ANSWER)],
    ['mobile misses desktop'],
  ],
  [
    'the next desktop does not hear it',
    [...pair, leave(DESKTOP), say(PHONE, ANSWER), join('desktop', THIRD)],
    [`4: ${peer('mobile', 'joined')}`, `2: ${peer('desktop', 'joined')}`],
  ],
  [
    'a new offer to a phone that left waits for the next one',
    [...pair, leave(PHONE), say(DESKTOP, CANDIDATE), say(DESKTOP, OFFER), join('mobile', THIRD)],
    [`4: ${peer('desktop', 'joined')}`, `4: ${OFFER}`, `1: ${peer('mobile', 'joined')}`],
  ],
  [
    'no more than so many messages wait',
    [join('desktop', 1), ...Array.from({ length: MAX_WAITING_MESSAGES }, () => say(1, CANDIDATE)), say(1, CANDIDATE)],
    [error(1, 'not_connected', 'mobile is not connected, and no more can wait for it')],
  ],
  [
    'nor so much text',
    [join('desktop', 1), ...long(3).map((text) => say(1, text))],
    [error(1, 'not_connected', 'mobile is not connected, and no more can wait for it')],
  ],

  [
    'nor so much text for all absent phones together',
    [
      join('desktop', 1),
      ...['mobile', 'mobile-2', 'mobile-3'].map((to) =>
        say(1, JSON.stringify({ type: 'offer', sdp: 'x'.repeat(50_000), to })),
      ),
    ],
    [error(1, 'not_connected', 'mobile-3 is not connected, and no more can wait for it')],
  ],

  ['[S-0.11] whoever leaves is told of', [...pair, leave(PHONE)], [`1: ${peer('mobile', 'left')}`]],
  [
    'every phone is told that the desktop left',
    [...three, leave(DESKTOP)],
    [`2: ${peer('desktop', 'left')}`, `3: ${peer('desktop', 'left')}`],
  ],
  ['nobody leaves twice', [...pair, leave(PHONE), leave(PHONE)], []],
  ['who left is not heard', [...pair, leave(PHONE), say(PHONE, ANSWER)], []],
  [
    'a second connection replaces the first, which is told',
    [...pair, join('mobile', THIRD)],
    [
      `2: ${peer('mobile', 'replaced')}`,
      '2 closed',
      `1: ${peer('mobile', 'replaced')}`,
      `4: ${peer('desktop', 'joined')}`,
      `1: ${peer('mobile', 'joined')}`,
    ],
  ],
  ['the end of the replaced one changes nothing', [...pair, join('mobile', THIRD), leave(PHONE)], []],
  ['the replaced one is not heard', [...pair, join('mobile', THIRD), say(PHONE, ANSWER)], []],
  ['the one that replaced it is spoken to', [...pair, join('mobile', THIRD), say(DESKTOP, OFFER)], [`4: ${OFFER}`]],
  [
    'a phone that is removed is told and ends, and the desktop is told; other phones are not',
    [...three, remove('mobile')],
    [`2: ${peer('mobile', 'removed')}`, '2 removed', `1: ${peer('mobile', 'removed')}`],
  ],
  [
    'removing a phone that is not there tells the desktop',
    [...pair, remove('mobile-3')],
    [`1: ${peer('mobile-3', 'removed')}`],
  ],
  ['the end of the removed one changes nothing', [...pair, remove('mobile'), leave(PHONE)], []],
  ['the removed one is not heard', [...pair, remove('mobile'), say(PHONE, ANSWER)], []],
  [
    'what waited for a phone that was removed does not reach the next one, and what belongs to that is dropped',
    [join('desktop', DESKTOP), say(DESKTOP, OFFER), remove('mobile'), say(DESKTOP, CANDIDATE), join('mobile', PHONE)],
    [`2: ${peer('desktop', 'joined')}`, `1: ${peer('mobile', 'joined')}`],
  ],
  ['a phone that is accepted is told', [...three, accept('mobile-2')], [`3: ${peer('mobile-2', 'accepted')}`]],
  ['one that is not there is told nothing', [...pair, accept('mobile-2')], []],
];

function long(count: number): string[] {
  const sdp = 'x'.repeat(MAX_WAITING_LENGTH / 2 - 100);
  return Array.from({ length: count }, () => JSON.stringify({ type: 'answer', sdp }));
}

describe('the relay of signaling', () => {
  it.each(CASES)('%s', (_name, inputs, expected) => {
    expect(lastOf(...inputs)).toEqual(expected);
  });

  it('is as new when everybody left', () => {
    const inputs = [join('desktop', 1), say(1, OFFER), join('mobile', 2), leave(1), say(2, OFFER), leave(2)];
    let state = emptySignalingRelay;
    for (const input of inputs) state = stepSignalingRelay(state, input).state;
    expect(state).toEqual(emptySignalingRelay);
  });

  it('[S-0.10] tells what a client can read', () => {
    const told = CASES.flatMap(([, inputs]) => lastOf(...inputs)).flatMap((line) => line.split(/^\d: /)[1] ?? []);
    expect(told.length).toBeGreaterThan(40);
    for (const text of told) expect(parseSignalingEvent(text)).toMatchObject({ ok: true });
  });
});

describe('a peer id', () => {
  it.each(['desktop', 'mobile', 'mobile-2', 'mobile-8'])('[S-0.5] is %s', (text) => {
    expect(parsePeerId(text)).toBe(text);
  });
  it.each(['', 'Desktop', 'mobile-1', 'mobile-9', 'mobile-02', 'mobile-', 'phone', 'toString'])('is not %j', (text) => {
    expect(parsePeerId(text)).toBeUndefined();
  });
});
