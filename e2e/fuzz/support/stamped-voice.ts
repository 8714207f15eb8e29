import type { OutboundAudio } from '@voice-bridge/media-node';
import { realClock } from '../../integration/support/real-clock.ts';
import { Lateness, TICK_MS } from './lateness.ts';
import type { Gap } from './messages.ts';
import { monotonicMs, tell } from './role.ts';

const FRAME_MS = 20;
/** Opus: one full-band frame of 20 ms, mono; any bytes may follow (RFC 6716 section 3.1). */
const TOC = 0xf8;
const MAGIC = 0x56_42_66_7a;
const PAYLOAD_BYTES = 60;
const HEARD_EVERY_MS = 250;
/** What a listener bears, in ms. */
const LARGEST_GAP_MS = 60;

/** Of this process, which hears late what it has no time for. */
const lateness = new Lateness(monotonicMs());
setInterval(() => lateness.tick(monotonicMs()), TICK_MS).unref();

/** Sends one packet every 20 ms that says when it left. Returns the way to stop. */
export function startVoice(send: (packet: OutboundAudio) => void): () => void {
  const startedAt = monotonicMs();
  let sent = 0;
  let cancel = () => {};
  const pump = () => {
    while (startedAt + sent * FRAME_MS <= monotonicMs()) {
      const payload = Buffer.alloc(PAYLOAD_BYTES);
      payload.writeUInt8(TOC, 0);
      payload.writeUInt32BE(MAGIC, 1);
      payload.writeUInt32BE(sent, 5);
      payload.writeDoubleBE(monotonicMs(), 9);
      send({ sequenceNumber: sent & 0xffff, timestamp: (sent * 960) >>> 0, marker: sent === 0, payload });
      sent++;
    }
    cancel = realClock.after(startedAt + sent * FRAME_MS - monotonicMs(), pump);
  };
  pump();
  return () => cancel();
}

interface Heard {
  readonly at: number;
  readonly sentAt: number;
  readonly count: number;
}

/** Listens to such a voice at its other end, and tells every gap between two packets, and when the sender or this process were late themselves. */
export class VoiceListener {
  readonly #stream: string;
  readonly #stop: () => void;
  #last: Heard | undefined;
  #heard = 0;
  #lost = 0;

  constructor(stream: string) {
    this.#stream = stream;
    const timer = setInterval(() => this.#report(), HEARD_EVERY_MS);
    this.#stop = () => clearInterval(timer);
  }

  /** Takes one Opus packet; others than those of {@link startVoice} count as none. */
  take(payload: Uint8Array): void {
    if (payload.length !== PAYLOAD_BYTES) return;
    const view = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (view.readUInt32BE(1) !== MAGIC) return;
    const heard = { at: monotonicMs(), count: view.readUInt32BE(5), sentAt: view.readDoubleBE(9) };
    const last = this.#last;
    this.#heard++;
    if (last !== undefined && heard.count <= last.count) return;
    this.#last = heard;
    if (last === undefined) return;
    this.#lost += heard.count - last.count - 1;
    const gap = gapBetween(this.#stream, last, heard);
    if (gap.to - gap.from > LARGEST_GAP_MS) tell(gap);
  }

  /** Tells of the silence since the last packet, if it is one; nothing is taken any more. */
  end(): void {
    this.#report();
    this.#stop();
    const last = this.#last;
    const at = monotonicMs();
    if (last === undefined) tell({ type: 'lost', stream: this.#stream, text: 'was never heard' });
    else if (at - last.at > 2 * LARGEST_GAP_MS) {
      tell({ type: 'gap', stream: this.#stream, from: last.at, to: at, late: [...lateness.spans(at)] });
    }
  }

  #report(): void {
    if (this.#heard > 0) tell({ type: 'packets', heard: this.#heard, lost: this.#lost });
    this.#heard = 0;
    this.#lost = 0;
  }
}

/** A sender that was late has made the gap itself; packets that were lost on the way excuse nothing. */
function gapBetween(stream: string, last: Heard, heard: Heard): Gap {
  const dueAt = last.sentAt + FRAME_MS * (heard.count - last.count);
  const sender = heard.sentAt > dueAt ? [{ from: dueAt, to: heard.sentAt }] : [];
  return { type: 'gap', stream, from: last.at, to: heard.at, late: [...sender, ...lateness.spans(heard.at)] };
}
