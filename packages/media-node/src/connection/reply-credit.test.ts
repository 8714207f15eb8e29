import { describe, expect, it } from 'vitest';
import { ReplyCredit, type ReplyKind } from './reply-credit.ts';

function credited() {
  const credit = new ReplyCredit();
  const sent: string[] = [];
  const spend = (kind: ReplyKind, bytes: number) => credit.spend(kind, bytes, () => sent.push(`${kind} ${bytes}`));
  return { credit, sent, spend };
}

describe('ReplyCredit', () => {
  it('sends no more bytes than came, whatever is to be sent', () => {
    const { credit, sent, spend } = credited();
    credit.earn(100);
    for (let n = 0; n < 50; n++) {
      spend('answer', 64);
      spend('check', 92);
      spend('error', 70);
    }
    expect(sent).toEqual(['check 92']);
  });

  it('sends our check before the answer that came first, and the answer when more bytes came', () => {
    const { credit, sent, spend } = credited();
    credit.earn(100);
    spend('answer', 64);
    spend('check', 92);
    expect(sent).toEqual(['check 92']);
    credit.earn(100);
    expect(sent).toEqual(['check 92', 'answer 64']);
  });

  it('sends all that waits, and everything else, once the source has answered', () => {
    const { credit, sent, spend } = credited();
    spend('answer', 64);
    spend('answer', 65);
    spend('check', 92);
    credit.open();
    spend('answer', 66);
    spend('check', 1_000_000);
    expect(sent).toEqual(['check 92', 'answer 64', 'answer 65', 'answer 66', 'check 1000000']);
  });

  it('keeps the latest check and the last four answers; an error that cannot be sent is dropped', () => {
    const { credit, sent, spend } = credited();
    for (let n = 1; n <= 10; n++) {
      spend('check', n);
      spend('answer', n);
      spend('error', n);
    }
    credit.open();
    expect(sent).toEqual(['check 10', 'answer 7', 'answer 8', 'answer 9', 'answer 10']);
  });
});
