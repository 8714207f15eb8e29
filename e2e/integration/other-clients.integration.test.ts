import { afterEach, expect, it } from 'vitest';
import { agentsClient } from '../clients/support/agents-client.ts';
import { says, startAnsweringModel } from '../clients/support/answering-model.ts';
import { driveTool } from '../clients/support/drive-tool.ts';
import { openNative, openWs } from '../clients/support/openai-client.ts';
import { said } from '../clients/support/said.ts';
import { closeAll } from '../support/open-things.ts';

// The whole of it is in clients/, in the full tier.

afterEach(closeAll);

it('the unmodified agents-realtime client runs a tool, and no event fails its schemas', async () => {
  const runs: number[] = [];
  const call = { type: 'function_call', name: 'drive_forward', arguments: '{"meters":10}' } as const;
  const model = await startAnsweringModel({ turns: [[call], says('Done.')] });
  const client = agentsClient({ url: model.url, tools: [driveTool(runs)] });
  await client.connect();
  client.session.sendMessage('Go.');
  await client.until(() => said(client.session.history).at(-1) === 'assistant: Done.' || undefined);
  expect(runs).toEqual([10]);
  expect(client.log.misfits()).toEqual([]);
  expect(client.errors).toEqual([]);
});

it.each([
  { name: 'OpenAIRealtimeWS', open: openWs },
  { name: 'OpenAIRealtimeWebSocket', open: openNative },
])('$name of openai talks over TLS', async ({ open }) => {
  const client = await open(await startAnsweringModel({ tls: 'generated', turns: [says('It is noon.')] }));
  client.ask('What time is it?', 'audio');
  expect((await client.event('response.output_audio_transcript.done')).transcript).toBe('It is noon.');
  await client.event('response.done');
  expect(client.sound().length).toBeGreaterThan(10_000);
  expect(client.errors).toEqual([]);
});
