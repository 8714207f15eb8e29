import { describe, expect, it } from 'vitest';
import { MAX_FEED_REQUEST_LENGTH, parseFeedEvent, parseFeedRequest } from './feed.ts';

describe('a feed', () => {
  it('[S-2.9] reads back as it was written, and newer fields do no harm', () => {
    const event = {
      type: 'participant_left',
      id: 3,
      at: 5,
      session_id: 'ses_1',
      participant_id: 'par_1',
      reason: 'left',
    };
    expect(parseFeedEvent(JSON.stringify({ ...event, shade: 'blue' }))).toEqual({ ok: true, value: event });
  });

  it('has events that are not kept and so have no id', () => {
    const delta = { type: 'transcript_delta', at: 5, session_id: 'ses_1', entry_id: 'item_1', delta: 'Hel' };
    expect(parseFeedEvent(JSON.stringify(delta))).toEqual({ ok: true, value: delta });
  });

  it.each([
    ['{"type":"party"}', 'type: not one of the allowed values'],
    ['{"type":"ping"}', 'at: expected number'],
    ['{', 'Not JSON'],
  ])('has no such event: %s', (text, problem) => {
    expect(parseFeedEvent(text)).toEqual({ ok: false, problem });
  });
});

describe('a request to a feed', () => {
  it('resumes after an event, or tells all there is', () => {
    expect(parseFeedRequest('{"type":"resume","after":7}')).toEqual({ ok: true, value: { type: 'resume', after: 7 } });
    expect(parseFeedRequest('{"type":"resume"}')).toEqual({ ok: true, value: { type: 'resume' } });
  });

  it.each([
    ['{"type":"resume","after":-1}', 'after: smaller than 0'],
    ['{"type":"resume","after":1.5}', 'after: expected int'],
    ['{"type":"resume","all":true}', 'unknown field all'],
    [' '.repeat(MAX_FEED_REQUEST_LENGTH + 1), 'Longer than 1024 characters'],
  ])('is refused: %s', (text, problem) => {
    expect(parseFeedRequest(text)).toEqual({ ok: false, problem });
  });
});
