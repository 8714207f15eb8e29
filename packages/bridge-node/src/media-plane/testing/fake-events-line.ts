import { Emitter } from '@voice-bridge/core';
import type { DialledEventsLine, EventsLineStats } from '../upstream/openai/events-line.ts';

/** One end of a line in memory; messages arrive in the next microtask. */
export class FakeEventsLine implements DialledEventsLine {
  /** What the test says is queued and not yet sent, in bytes. */
  bufferedAmount = 0;
  readonly #events = new Emitter<{ close: [] }>();
  #other: FakeEventsLine | undefined;
  #taker: ((message: string) => void) | undefined;
  readonly #early: string[] = [];
  readonly #counts = { messagesSent: 0, bytesSent: 0, messagesReceived: 0, bytesReceived: 0 };
  #isOpen = true;

  /** Two ends of one line. */
  static pair(): [FakeEventsLine, FakeEventsLine] {
    const [one, other] = [new FakeEventsLine(), new FakeEventsLine()];
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  on(event: 'close', listener: () => void) {
    if (!this.#isOpen) queueMicrotask(listener);
    return this.#events.on(event, listener);
  }

  send(text: string): boolean {
    if (!this.#isOpen) return false;
    this.#counts.messagesSent++;
    this.#counts.bytesSent += text.length;
    const other = this.#other;
    if (other !== undefined) queueMicrotask(() => other.#take(text));
    return true;
  }

  stats(): EventsLineStats {
    const roundTrips = { currentRoundTripTime: undefined, totalRoundTripTime: 0, responsesReceived: 0 };
    return { timestamp: 0, bufferedAmount: this.bufferedAmount, ...this.#counts, ...roundTrips };
  }

  receive(taker: (message: string) => void): void {
    this.#taker = taker;
    for (const message of this.#early.splice(0)) taker(message);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    queueMicrotask(() => {
      this.#events.emit('close');
      this.#other?.close();
    });
  }

  #take(text: string): void {
    if (!this.#isOpen) return;
    this.#counts.messagesReceived++;
    this.#counts.bytesReceived += text.length;
    if (this.#taker === undefined) this.#early.push(text);
    else this.#taker(text);
  }
}
