import { describe, expect, it } from 'vitest';
import {
  LINK_TIMES,
  type LinkedConnection,
  type LinkedPhoneInput,
  type LinkedPhoneState,
  linkedPhoneWakeAt,
  stepLinkedPhone,
  UNKNOWN_PHONE,
} from './step-linked-phone.ts';

const NOW = 1_000;
const connecting: LinkedConnection = { name: 'connecting', id: 1, deadline: NOW + LINK_TIMES.connectMs };
const connected: LinkedConnection = { name: 'connected', id: 1 };
const probing: LinkedConnection = { name: 'probing', id: 1, deadline: NOW + LINK_TIMES.probeMs };
const broken: LinkedConnection = { name: 'broken', id: 1, deadline: NOW + LINK_TIMES.healMs };
const pausing: LinkedConnection = { name: 'pausing', retryAt: NOW + LINK_TIMES.retryMs };

const there = (connection: LinkedConnection): LinkedPhoneState => ({
  ...UNKNOWN_PHONE,
  present: true,
  dials: 1,
  connection,
});
const gone = (connection: LinkedConnection): LinkedPhoneState => ({ ...there(connection), present: false });
const of1 = (type: Extract<LinkedPhoneInput, { id: number }>['type']): LinkedPhoneInput => ({ type, id: 1 });

describe('a phone of the desktop', () => {
  it.each<[string, LinkedPhoneState, LinkedPhoneInput, string, readonly string[]]>([
    ['a phone that comes is offered a connection', UNKNOWN_PHONE, { type: 'joined' }, 'connecting', ['dial']],
    [
      'one that comes again before it answered is offered another',
      there(connecting),
      { type: 'joined' },
      'connecting',
      ['hangUp', 'dial'],
    ],
    [
      'one that waits for another attempt is offered one at once',
      there(pausing),
      { type: 'joined' },
      'connecting',
      ['dial'],
    ],
    [
      'one that comes again while connected is asked for a sign of life',
      there(connected),
      { type: 'joined' },
      'probing',
      ['probe'],
    ],
    [
      'one that comes again while its path is broken is offered another',
      there(broken),
      { type: 'joined' },
      'connecting',
      ['hangUp', 'dial'],
    ],
    [
      'its signaling going does not end a connection that lives',
      there(connected),
      { type: 'left' },
      'probing',
      ['probe'],
    ],
    ['a connection under way goes with its signaling', there(connecting), { type: 'left' }, 'none', ['hangUp']],
    ['nobody is offered anything who left', there(pausing), { type: 'left' }, 'none', []],
    ['a sign of life settles the question', gone(probing), of1('heard'), 'connected', []],
    ['what is heard on a broken path has mended it', there(broken), of1('heard'), 'connected', []],
    ['a broken path is renewed', there(connected), of1('disconnected'), 'broken', ['renew']],
    ['without signaling it can only heal', gone(connected), of1('disconnected'), 'broken', []],
    ['a path that heals is as before', there(broken), of1('connected'), 'connected', []],
    ['a connection that failed is followed by another, later', there(connecting), of1('failed'), 'pausing', ['hangUp']],
    ['without signaling it is not', gone(connected), of1('failed'), 'none', ['hangUp']],
    ['a phone that says goodbye is not called back', there(connected), of1('bye'), 'none', ['hangUp']],
    ['the end of the link ends the connection', there(connected), { type: 'close' }, 'none', ['hangUp']],
    ['news of an older connection changes nothing', there(connected), { type: 'failed', id: 0 }, 'connected', []],
    ['a time that has not come changes nothing', there(connecting), { type: 'tick' }, 'connecting', []],
  ])('%s', (_fact, state, input, name, effects) => {
    const next = stepLinkedPhone(state, input, NOW);
    expect(next.state.connection.name).toBe(name);
    expect(next.effects.map(({ type }) => type)).toEqual(effects);
  });

  it.each<[string, LinkedPhoneState, string, readonly string[]]>([
    ['an offer without an answer is given up', there(connecting), 'pausing', ['hangUp']],
    [
      'a phone that gives no sign of life and is there is another page by now',
      there(probing),
      'connecting',
      ['hangUp', 'dial'],
    ],
    ['one that is not there is away', gone(probing), 'none', ['hangUp']],
    ['a path that did not heal is given up', there(broken), 'connecting', ['hangUp', 'dial']],
    ['without signaling, too', gone(broken), 'none', ['hangUp']],
    ['the next attempt comes by itself', there(pausing), 'connecting', ['dial']],
  ])('after its time: %s', (_fact, state, name, effects) => {
    const at = linkedPhoneWakeAt(state) ?? 0;
    const next = stepLinkedPhone(state, { type: 'tick' }, at);
    expect(next.state.connection.name).toBe(name);
    expect(next.effects.map(({ type }) => type)).toEqual(effects);
  });

  it('waits longer after each failure, half a minute at most, and starts afresh once connected or when the phone comes again', () => {
    const waits: number[] = [];
    let state = there(connecting);
    for (let failure = 0; failure < 8; failure++) {
      const { id = 0 } = 'id' in state.connection ? state.connection : {};
      state = stepLinkedPhone(state, { type: 'failed', id }, NOW).state;
      waits.push((linkedPhoneWakeAt(state) ?? 0) - NOW);
      state = stepLinkedPhone(state, { type: 'tick' }, linkedPhoneWakeAt(state) ?? 0).state;
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(stepLinkedPhone(state, { type: 'joined' }, NOW).state.failures).toBe(0);
    expect(stepLinkedPhone(state, { type: 'connected', id: state.dials }, NOW).state.failures).toBe(0);
  });

  it('numbers its connections, so that no two have one name', () => {
    const first = stepLinkedPhone(UNKNOWN_PHONE, { type: 'joined' }, NOW);
    const second = stepLinkedPhone(first.state, { type: 'joined' }, NOW);
    expect(first.effects).toEqual([{ type: 'dial', id: 1 }]);
    expect(second.effects).toEqual([
      { type: 'hangUp', id: 1 },
      { type: 'dial', id: 2 },
    ]);
  });
});
