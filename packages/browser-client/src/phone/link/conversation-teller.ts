import {
  type Clock,
  type DesktopMessage,
  PHONE_CHANNEL_VERSION,
  TokenBucket,
  type Unsubscribe,
} from '@voice-bridge/core';
import type { TranscriptLine, VoiceClient, VoiceSnapshot } from '../../voice-client.ts';

/** The lines a phone is shown at first. */
const FIRST_LINES = 20;
/** The end of a line that is sent at most, in UTF-16 units: the whole message stays far below what a phone reads. */
const MAX_LINE_LENGTH = 4_000;
/** Pieces of text at once, and in a second: far from what a phone takes for too much, however fast a model writes. */
export const [PIECES_AT_ONCE, PIECES_PER_SECOND] = [100, 50];

/** Tells phones what happens in the conversation: the session's and the assistant's state, and what is said. */
export class ConversationTeller {
  readonly #client: VoiceClient;
  readonly #clock: Clock;
  readonly #pieces: TokenBucket;
  readonly #tellAll: (message: DesktopMessage) => void;
  readonly #stops: readonly Unsubscribe[];
  /** The lines as phones have them. */
  readonly #told = new Map<string, SaidLine>();
  #session: string;
  #assistant: string;

  constructor(client: VoiceClient, clock: Clock, tellAll: (message: DesktopMessage) => void) {
    this.#client = client;
    this.#clock = clock;
    this.#pieces = new TokenBucket(PIECES_AT_ONCE, PIECES_PER_SECOND, clock.now());
    this.#tellAll = tellAll;
    const snapshot = client.getSnapshot();
    this.#session = JSON.stringify(sessionOf(snapshot));
    this.#assistant = snapshot.assistant;
    this.#stops = [client.subscribe(() => this.#changed()), client.on('transcript', (line) => this.#line(line))];
  }

  /** Tells a phone that just came where things are. */
  tellAnew(conversationId: string, tell: (message: DesktopMessage) => void): void {
    const snapshot = this.#client.getSnapshot();
    tell({ type: 'hello', protocol_version: PHONE_CHANNEL_VERSION, conversation_id: conversationId });
    tell(sessionOf(snapshot));
    tell({ type: 'assistant', state: snapshot.assistant });
    // As the others have it: what comes next continues that.
    for (const line of snapshot.transcript.filter(isSaid).slice(-FIRST_LINES)) {
      tell(whole(this.#told.get(line.id) ?? line));
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #changed(): void {
    const snapshot = this.#client.getSnapshot();
    const session = sessionOf(snapshot);
    const text = JSON.stringify(session);
    const { assistant } = snapshot;
    if (text !== this.#session) this.#tellAll(session);
    if (assistant !== this.#assistant) this.#tellAll({ type: 'assistant', state: assistant });
    this.#session = text;
    this.#assistant = assistant;
  }

  #line(line: TranscriptLine): void {
    if (!isSaid(line)) return;
    const before = this.#told.get(line.id);
    const grew = before !== undefined && before.state === line.state && line.text.startsWith(before.text);
    // What is left out comes with the next piece, or with the whole line at its end.
    if (grew && !this.#pieces.take(this.#clock.now())) return;
    this.#told.delete(line.id);
    this.#told.set(line.id, line);
    for (const id of this.#told.keys()) {
      if (this.#told.size <= FIRST_LINES) break;
      this.#told.delete(id);
    }
    if (!grew) this.#tellAll(whole(line));
    else if (line.text.length > before.text.length) {
      const delta = line.text.slice(before.text.length).slice(-MAX_LINE_LENGTH);
      this.#tellAll({ type: 'transcript_delta', id: line.id, delta });
    }
  }
}

function sessionOf({ state, pushToTalk }: VoiceSnapshot): DesktopMessage {
  return { type: 'session', state, ...(pushToTalk === 'off' ? {} : { push_to_talk: true }) };
}

/** A typed line that waits for the bridge comes back from there under another id. */
type SaidLine = TranscriptLine & { readonly state: Exclude<TranscriptLine['state'], 'pending'> };

function isSaid(line: TranscriptLine): line is SaidLine {
  return line.state !== 'pending';
}

function whole({ id, role, text, state }: SaidLine): DesktopMessage {
  return { type: 'transcript', entry: { id, role, text: text.slice(-MAX_LINE_LENGTH), state } };
}
