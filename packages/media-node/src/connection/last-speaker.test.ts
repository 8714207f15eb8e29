import { describe, expect, it } from 'vitest';
import { LastSpeaker } from './last-speaker.ts';

const protocol = { sendData: async () => {}, sendStun: async () => {} };
const [PEER, COPIER] = [
  { host: '192.0.2.1', port: 5_000 },
  { host: '198.51.100.7', port: 6_000 },
];
const addressOf = ({ host, port }: typeof PEER) => [host, port] as const;
const idOf = (number: number) => `${number.toString(16).padStart(8, '0')}ffffffffffffffff`;

describe('LastSpeaker', () => {
  it('knows nobody before anybody spoke', () => {
    expect(new LastSpeaker().look()).toBeUndefined();
  });

  it('knows who spoke last, and still does when nobody has spoken since', () => {
    const speaker = new LastSpeaker();
    speaker.heard(protocol, COPIER);
    speaker.heard(protocol, PEER);
    expect(speaker.look()).toEqual({ protocol, from: addressOf(PEER) });
    expect(speaker.look()).toEqual({ protocol, from: addressOf(PEER) });
  });

  it('takes a check for speech while there is nothing better', () => {
    const speaker = new LastSpeaker();
    speaker.heard(protocol, PEER);
    speaker.look();
    speaker.checked(protocol, addressOf(COPIER), idOf(1));
    expect(speaker.look()?.from).toEqual(addressOf(COPIER));
  });

  it('lets no check, however late it comes, outdo what only the peer can have said', () => {
    const speaker = new LastSpeaker();
    speaker.heard(protocol, PEER);
    for (let n = 1; n <= 1_000; n++) speaker.checked(protocol, addressOf(COPIER), idOf(n));
    expect(speaker.look()?.from).toEqual(addressOf(PEER));
  });

  it('takes no copy of a check for speech', () => {
    const speaker = new LastSpeaker();
    for (let n = 1; n <= 60; n++) speaker.checked(protocol, addressOf(PEER), idOf(n));
    speaker.look();
    for (let n = 1; n <= 60; n++) speaker.checked(protocol, addressOf(COPIER), idOf(n));
    expect(speaker.look()?.from).toEqual(addressOf(PEER));
  });
});
