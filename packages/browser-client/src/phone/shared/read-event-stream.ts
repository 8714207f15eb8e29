/** Longest event that is read, in UTF-16 units: what grows beyond it is no signaling. */
const MAX_EVENT_LENGTH = 262_144;

/** Reads server-sent events (HTML Living Standard section 9.2) until they end, and gives the data of each. Rejects when the stream breaks. */
export async function readEventStream(body: ReadableStream<Uint8Array>, onData: (data: string) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (text.startsWith('data:')) data.push(text.slice(text.startsWith('data: ') ? 6 : 5));
      if (text !== '' || data.length === 0) continue;
      onData(data.join('\n'));
      data = [];
    }
    if (rest.length > MAX_EVENT_LENGTH) throw new RangeError('An event without end');
  }
}
