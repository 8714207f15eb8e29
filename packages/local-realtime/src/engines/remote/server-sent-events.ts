/**
 * The `data` of each event in a stream of server-sent events (WHATWG HTML, section 9.2). Everything else in them is ignored; an event
 * that its stream does not finish counts as well, as not every server ends with an empty line.
 */
export async function* serverSentData(parts: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  const takeLine = (line: string): string | undefined => {
    if (line === '') {
      const event = data;
      data = [];
      return event.length === 0 ? undefined : event.join('\n');
    }
    if (line === 'data' || line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
    return undefined;
  };
  for await (const part of parts) {
    rest += decoder.decode(part, { stream: true });
    // A return at the very end may be the first half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = takeLine(line);
      if (event !== undefined) yield event;
    }
  }
  for (const line of [rest.replace(/\r$/, ''), '']) {
    const event = takeLine(line);
    if (event !== undefined) yield event;
  }
}
