import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/chromium.ts';
import type { House } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { connected, invite, openDesktop, startPhoneHouse } from './support/phone-house.ts';

afterEach(closeAll);

/** A house that the local network reaches, with an authority of its own. */
async function startOpenHouse(): Promise<{ house: House; url: string; invitation: string }> {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'voice-bridge-lan-'));
  cleanup(() => rmSync(cacheFolder, { recursive: true }));
  const house = await startPhoneHouse({ lan: { cacheFolder, startPath: '/mobile-voice' } });
  const [url] = house.lan?.urls ?? [];
  const invitation = house.lan?.invitation;
  if (url === undefined || invitation === undefined) throw new Error('This machine is in no local network');
  return { house, url, invitation };
}

/** A phone that trusts the server's certificate, and no other that it would not. */
async function openPhone(url: string): Promise<Page> {
  const { page, close } = await openBrowser({
    phone: true,
    flags: [`--ignore-certificate-errors-spki-list=${await keyOf(url)}`],
  });
  cleanup(close);
  return page;
}

/** The SHA-256 of the key in a server's certificate. */
async function keyOf(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (certificate === undefined) throw new Error('The server has no certificate');
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

/** Where the desktop says that phones reach it. */
async function shownAddress(desktop: Page): Promise<string> {
  return (await desktop.locator('.address').textContent()) ?? '';
}

const facts = (page: Page) =>
  page.evaluate(async () => ({
    secure: isSecureContext,
    microphone: (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks().length,
    api: (await fetch('/api/realtime/config')).status,
    cookies: document.cookie,
    address: location.pathname + location.hash,
  }));

describe('a phone in the local network', () => {
  it('[S-0.27] that scans the code of the terminal has the microphone and is let in, without a token in its address', async () => {
    const { url, invitation } = await startOpenHouse();
    const page = await openPhone(url);
    await page.goto(invitation);
    await page.waitForURL('**/mobile-voice');
    expect(await facts(page)).toEqual({
      secure: true,
      microphone: 1,
      api: 200,
      cookies: '',
      address: '/mobile-voice',
    });
  });

  it('[S-0.1] [S-0.21] becomes the microphone of a desktop on this machine, by the address that the desktop shows', async () => {
    const { house, url } = await startOpenHouse();
    const desktop = await openDesktop(house);
    const { token } = await invite(desktop);
    expect(await shownAddress(desktop)).toBe(`${new URL(url).host}/mobile-voice`);
    const phone = await openPhone(url);
    await phone.goto(`${url}/mobile-voice#${token}`);
    await phone.getByRole('button', { name: 'Connect this phone' }).click();
    await connected(desktop, phone);
    await phone.locator('[data-path=direct]').waitFor();
  });

  it('that only knows the address sees the page, and nothing of the API', async () => {
    const { url } = await startOpenHouse();
    const page = await openPhone(url);
    await page.goto(`${url}/mobile-voice`);
    expect(await facts(page)).toMatchObject({ secure: true, microphone: 1, api: 401 });
    await page.goto(`${url}/lan#wrong`);
    await page.getByText('This link is no longer good').waitFor();
  });
});
