import { expect, it } from 'vitest';
import { serverSentData } from './server-sent-events.ts';

async function read(...texts: (string | Uint8Array)[]): Promise<string[]> {
  async function* parts() {
    for (const text of texts) yield typeof text === 'string' ? new TextEncoder().encode(text) : text;
  }
  const events: string[] = [];
  for await (const event of serverSentData(parts())) events.push(event);
  return events;
}

it('reads events whatever their lines end with, and ignores what is not data', async () => {
  expect(await read('data: a\n\ndata:b\r\n\r\nevent: x\rid: 1\rdata: c\r\r', ': comment\n\ndata\n\n')).toEqual([
    'a',
    'b',
    'c',
    '',
  ]);
});

it('joins the lines of one event, and takes the last one without its empty line', async () => {
  expect(await read('data: a\ndata: b\n\ndata: [DONE]')).toEqual(['a\nb', '[DONE]']);
});

it('does not mind where the stream is cut, in the middle of a letter and of a line end too', async () => {
  const bytes = new TextEncoder().encode('data: {"é":"€"}\r\n\r\ndata: x\r\n\r\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(['{"é":"€"}', 'x']);
  }
});
