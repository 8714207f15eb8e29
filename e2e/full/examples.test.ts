import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient } from '../integration/support/bridge-client.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { openPageIn, type } from '../support/talking-page.ts';
import { startExample } from './support/start-example.ts';

afterEach(closeAll);

/** Joins the shared conversation of a page that is open. */
async function join(url: string, name: string) {
  const { page } = await openPageIn({ url });
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.locator('.conversation[data-state=connected]').waitFor();
  return page;
}

describe('every example starts by one command and does what its README says', () => {
  it('voice-assistant: the one button, and a lamp', async () => {
    const { url, button } = await startExample('voice-assistant');
    const { page } = await openPageIn({ url });
    await page.getByRole('button', { name: button }).click();
    await page.locator('.stage[data-state=connected]').waitFor();
    await type(page, 'turn the lamp green');
    await page.locator('.lamp[data-colour=green]').waitFor();
  });

  it('multi-client: the link on the page lets somebody else in; one sets the volume of the other, lets them only listen, and takes them out [S-1.37] [S-1.39] [S-1.48]', async () => {
    const { url, button } = await startExample('multi-client');
    expect(button).toBe('Join');
    const ada = await join(url, 'Ada');
    const link = await ada.getByLabel('Send this link to whoever should join').inputValue();
    expect(new URL(link).searchParams.get('conversation')).toMatch(/^together-\w{20,}$/);
    const bob = await join(link, 'Bob');
    for (const page of [ada, bob]) await page.locator('.people li').nth(1).waitFor();

    const volume = ada.getByRole('slider', { name: 'Volume of Bob' });
    await volume.fill('0.5');
    await expect.poll(() => volume.inputValue()).toBe('0.5');
    await ada.getByRole('button', { name: 'Let Bob only listen' }).click();
    await ada.getByRole('button', { name: 'Let Bob speak' }).waitFor();
    await bob.getByRole('button', { name: 'Mute Bob' }).click();
    await ada.locator('.people li[data-name=Bob][data-muted=true]').waitFor();

    await bob.getByLabel('Type instead').fill('turn the lamp green');
    await bob.getByRole('button', { name: 'Send' }).click();
    for (const page of [ada, bob]) {
      await page.locator('.lines li[data-role=user]', { hasText: 'Bob' }).waitFor();
      await page.locator('.lines li[data-role=assistant]', { hasText: 'The lamp is green now.' }).waitFor();
    }
    await ada.getByRole('button', { name: 'Take Bob out' }).click();
    await bob.locator('.conversation [role=alert]').waitFor();
    await ada.locator('.people li[data-name=Bob]').waitFor({ state: 'detached' });
    // A page of another conversation has a link of its own.
    const other = await openPageIn({ url });
    await expect.poll(() => new URL(other.page.url()).searchParams.get('conversation')).not.toBeNull();
    expect(other.page.url()).not.toBe(link);
  });

  it('multi-client with push-to-talk: there is a button to hold', async () => {
    const { url } = await startExample('multi-client', { VOICE_BRIDGE_PUSH_TO_TALK: '1' });
    const page = await join(url, 'Ada');
    await page.getByRole('button', { name: 'Hold to talk' }).waitFor();
  });

  it('phone-microphone: the desktop and the phone at the paths of its README [S-1.22]', async () => {
    const { url, button } = await startExample('phone-microphone');
    for (const path of ['/', '/voice-webrtc', '/voice/kitchen']) {
      const { page } = await openPageIn({ url: `${url}${path}` });
      await page.getByRole('button', { name: button }).waitFor();
    }
    const { page } = await openPageIn({ url: `${url}/mobile-voice` });
    await page.getByLabel('Code').waitFor();
  });

  it('server-tools: one can go on talking while a program runs', async () => {
    const { url } = await startExample('server-tools');
    const client = await BridgeClient.connect(url, 'workshop');
    cleanup(() => client.vanish());
    client.send({ type: 'text', text: 'ask the team about the moon' });
    await client.waitFor('tool_call', ({ tool_call: { progress } }) => progress !== undefined);
    client.send({ type: 'text', text: 'how are you' });
    await client.waitFor('transcript', ({ entry }) => entry.role === 'assistant' && entry.state === 'final');
    expect(client.all('tool_call').some(({ tool_call: { state } }) => state === 'done')).toBe(false);
    await client.waitFor('tool_call', ({ tool_call: { state } }) => state === 'done');
    await client.waitFor(
      'transcript',
      ({ entry }) => entry.role === 'assistant' && entry.text.includes('The team has talked about the moon'),
    );
  });
});
