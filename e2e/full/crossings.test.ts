import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { type ClientControlMessage, participantPath, participantsPath } from '@voice-bridge/core';
import { seededRandom } from '@voice-bridge/core/testing';
import { type ScriptedRealtime, type ScriptedTurn, startScriptedRealtime } from '@voice-bridge/local-realtime/testing';
import { afterEach, expect, it } from 'vitest';
import { BridgeClient } from '../integration/support/bridge-client.ts';
import { realClock } from '../integration/support/real-clock.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { followFeed } from './support/follow-feed.ts';

const CONVERSATIONS = 10;
const PEOPLE_EACH = 2;
const MESSAGES = 10_000;
/** Below the 20 a second that a client may send for as long as it likes. */
const A_SECOND = 15;
const MARK = /conv\d+z/g;

interface Person {
  readonly client: BridgeClient;
  readonly conversation: string;
  readonly typed: string[];
}

afterEach(closeAll);

it('10,000 random messages, a third of them aimed at other conversations, cross into none', async () => {
  const model = await startScriptedRealtime({});
  cleanup(() => model.close());
  model.script(...Array.from({ length: MESSAGES }, () => echo));
  const bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'local' }, authorize: 'open' });
  const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
  cleanup(async () => {
    await server.close();
    await bridge.close();
  });
  const strays: string[] = [];
  bridge.on('transcript', ({ conversationId, entry }) => {
    if (marksIn(entry.text).some((mark) => mark !== conversationId)) strays.push(`${conversationId}: ${entry.text}`);
  });

  const people = await everybodyIn(server.url);
  const feeds = new Map<string, () => string>();
  for (const conversation of new Set(people.map((person) => person.conversation))) {
    feeds.set(conversation, await followFeed(server.url, conversation));
  }
  const random = seededRandom(5);
  const sent = await Promise.all(people.map((person) => talk(person, people, server.url, random)));
  expect(sent.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(MESSAGES);

  // What was typed last is the last to be written down.
  await Promise.all(
    people.map((person) => person.client.until(() => lacks(person, people) === 0, 'every line', 60_000)),
  );
  expect(strays).toEqual([]);
  for (const { client, conversation, typed } of people) {
    const feed = () => feeds.get(conversation)?.() ?? '';
    await expect.poll(() => typed.filter((text) => !feed().includes(text))).toEqual([]);
    const foreign = people.filter((other) => other.conversation !== conversation);
    const secrets = foreign.flatMap((other) => [
      other.client.participantId,
      other.client.sessionId,
      other.conversation,
    ]);
    const told = JSON.stringify(client.told.map(({ message }) => message));
    expect(secrets.filter((secret) => told.includes(secret) || feed().includes(secret))).toEqual([]);
    expect(client.state).toBe('connected');
    const list = client.all('participants').at(-1)?.participants ?? client.all('joined').at(0)?.participants ?? [];
    expect(list).toHaveLength(PEOPLE_EACH);
    // Only those at home here could have changed anybody: gains and roles were only ever asked of others.
    expect(list.map(({ gain, role }) => [gain, role])).toEqual(Array(PEOPLE_EACH).fill([1, 'speaker']));
  }
  expect(mixedRequests(model)).toEqual([]);
}, 240_000);

/** The model repeats what it was told last, so that what it says can be told apart too. */
const echo: ScriptedTurn = ({ items }) => {
  const last = items.findLast((item) => item.type === 'message' && item.role === 'user');
  return [{ type: 'sentence', text: last?.type === 'message' ? last.text : 'nothing' }];
};

async function everybodyIn(url: string): Promise<readonly Person[]> {
  const people: Person[] = [];
  for (let n = 0; n < CONVERSATIONS; n++) {
    const conversation = `conv${n}z`;
    for (let each = 0; each < PEOPLE_EACH; each++) {
      const client = await BridgeClient.connect(url, conversation, { join: true });
      cleanup(() => client.vanish());
      // What they say aloud is not what this is about.
      client.microphone.stop();
      people.push({ client, conversation, typed: [] });
    }
  }
  return people;
}

/** Sends one person's share of the messages; says how many. */
async function talk(person: Person, people: readonly Person[], url: string, random: () => number): Promise<number> {
  const share = MESSAGES / people.length;
  for (let n = 0; n < share; n++) {
    if (n % A_SECOND === A_SECOND - 1) await pause(1_000);
    const other = people[Math.floor(random() * people.length)] ?? person;
    if (n % 50 === 0) await aimOverHttp(person, other, url);
    else person.client.send(message(person, other, random(), n));
  }
  return share;
}

function message(person: Person, other: Person, dice: number, n: number): ClientControlMessage {
  const { conversation, typed } = person;
  if (dice < 0.1) {
    const text = `${conversation} ${person.client.participantId} ${n}`;
    typed.push(text);
    return { type: 'text', text };
  }
  if (dice < 0.5) return { type: 'mute', muted: dice < 0.3 };
  if (dice < 0.6 || other.conversation === conversation) return { type: 'interrupt' };
  const { participantId } = other.client;
  if (dice < 0.7) return { type: 'remove_participant', participant_id: participantId };
  return { type: 'set_participant', participant_id: participantId, muted: true, gain: 0, role: 'observer' };
}

async function aimOverHttp(person: Person, other: Person, url: string): Promise<void> {
  if (other.conversation === person.conversation) return;
  const path = participantPath(person.conversation, other.client.participantId);
  const headers = { 'content-type': 'application/json' };
  const changed = await fetch(`${url}${path}`, { method: 'PATCH', headers, body: '{"muted":true}' });
  expect(changed.status).toBe(404);
  await (await fetch(`${url}${path}`, { method: 'DELETE' })).text();
  const list = await (await fetch(`${url}${participantsPath(person.conversation)}`)).text();
  expect(list).not.toContain(other.client.participantId);
}

/** How many of the lines that were typed in its conversation a person has not been told. */
function lacks({ client, conversation }: Person, people: readonly Person[]): number {
  const told = new Set(client.all('transcript').map(({ entry }) => entry.text));
  return people
    .filter((other) => other.conversation === conversation)
    .flatMap(({ typed }) => typed)
    .filter((text) => !told.has(text)).length;
}

/** Answers the model was to make from the words of more than one conversation. */
function mixedRequests({ requests }: ScriptedRealtime): string[][] {
  return requests
    .map(({ items }) => [...new Set(items.flatMap((item) => (item.type === 'message' ? marksIn(item.text) : [])))])
    .filter((marks) => marks.length > 1);
}

function marksIn(text: string): string[] {
  return text.match(MARK) ?? [];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => realClock.after(ms, resolve));
}
