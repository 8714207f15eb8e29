import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpPhone } from '../../testing/phone-fixture.ts';

describe('the session of the desktop', () => {
  it.each(['idle', 'connecting', 'reconnecting', 'closed', 'failed'] as const)(
    'that is %s is in the way of a connected phone, until it is connected',
    async (state) => {
      const { phone, desktop, connect } = setUpPhone();
      await connect();
      expect(phone.getSnapshot()).toMatchObject({ session: null, trouble: null });
      desktop.say({ type: 'session', state: 'connected' });
      await settle();
      expect(phone.getSnapshot()).toMatchObject({ session: 'connected', trouble: null });
      desktop.say({ type: 'session', state });
      await settle();
      expect(phone.getSnapshot()).toMatchObject({
        state: 'connected',
        session: state,
        trouble: { code: 'session_away', resumable: false, message: expect.stringContaining('does not hear you') },
      });
      desktop.say({ type: 'session', state: 'connected' });
      await settle();
      expect(phone.getSnapshot()).toMatchObject({ session: 'connected', trouble: null });
    },
  );

  it('is nothing to a phone that is not connected straight to the desktop', async () => {
    const { phone, host, desktop, connect, wait } = setUpPhone();
    await connect();
    desktop.say({ type: 'session', state: 'failed' });
    await settle();
    desktop.die();
    await wait(6_000);
    expect(phone.getSnapshot()).toMatchObject({ session: null, trouble: { code: 'desktop_away' } });
    host.network.passes = false;
    desktop.arrive();
    for (let seconds = 0; host.rtc.length === 0 && seconds < 60; seconds++) await wait(1_000);
    host.rtc[0]?.join();
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ path: 'bridge', session: null, trouble: null });
    await phone.leave();
    expect(phone.getSnapshot()).toMatchObject({ state: 'closed', session: null });
  });
});
