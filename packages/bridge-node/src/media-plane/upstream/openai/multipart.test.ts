import { expect, it } from 'vitest';
import { encodeMultipart } from './multipart.ts';

it('takes a boundary that no part has, whatever a part says', () => {
  const body = 'voice-bridge-form-0\r\n--voice-bridge-form-1--';
  const form = encodeMultipart([{ name: 'session', contentType: 'application/json', body }]);
  expect(form.contentType).toBe('multipart/form-data; boundary=voice-bridge-form-2');
});

it('is a form that others can read', async () => {
  const parts = [
    { name: 'sdp', contentType: 'application/sdp', body: 'v=0\r\n' },
    { name: 'session', contentType: 'application/json', body: '{"instructions":"sei höflich"}' },
  ];
  const { contentType, body } = encodeMultipart(parts);
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  expect([...form]).toEqual(parts.map((part) => [part.name, part.body]));
});
