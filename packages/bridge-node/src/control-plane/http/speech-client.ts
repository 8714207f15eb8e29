import {
  type CancelTimer,
  type Clock,
  type Logger,
  PCM_RATE_HZ,
  Pcm16Reader,
  parseSpeechRequest,
  type SpeechRequest,
  type SpeechStart,
  type SpeechStarted,
  type VoiceAnswer,
  VoiceBridgeError,
  type VoiceDescription,
  type VoiceIce,
  type VoiceOffer,
} from '@voice-bridge/core';
import type { AudioPort } from '../../seam/audio-port.ts';
import type { MessageConnection } from './message-connection.ts';
import { RecentSound } from './recent-sound.ts';
import { SpeechLine } from './speech-line.ts';
import type { JoinedVoice } from './voice-requests.ts';

/** What a {@link SpeechClient} is made of. */
export interface SpeechClientOptions {
  readonly connection: MessageConnection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly createPorts: () => readonly [here: AudioPort, there: AudioPort];
  /** Puts the participant at the other end of `port` into the session that is wanted, and says where that is. */
  readonly enter: (start: SpeechStart, port: AudioPort, signal: AbortSignal) => Promise<JoinedVoice>;
  readonly offer: (offer: VoiceOffer, signal: AbortSignal) => Promise<VoiceDescription>;
  readonly answer: (answer: VoiceAnswer) => void;
  readonly ice: (ice: VoiceIce) => void;
  /** Tells the client why it is over, and ends the connection. */
  readonly fail: (error: unknown) => void;
}

/** How long a client may take until it says what it wants, in ms. */
export const START_MS = 10_000;

type State =
  | { readonly name: 'new' }
  /** What is said before the session is there: the newest of it is not lost. */
  | { readonly name: 'entering'; readonly sound: RecentSound }
  | { readonly name: 'speaking'; readonly line: SpeechLine }
  | { readonly name: 'ended' };

/**
 * One client of `/ws/speech`: says `start` or just begins to speak, is let into a session, speaks and hears PCM there; or joins by
 * WebRTC with `offer`, `answer` and `ice`, as often as it likes, and is there on its own then.
 */
export class SpeechClient {
  readonly #options: SpeechClientOptions;
  readonly #pcm = new Pcm16Reader();
  readonly #gone = new AbortController();
  readonly #cancelStart: CancelTimer;
  #state: State = { name: 'new' };
  /** Who joined by this connection's last offer. */
  #peerId: string | undefined;
  #isOffering = false;

  constructor(options: SpeechClientOptions) {
    this.#options = options;
    const { connection, clock } = options;
    this.#cancelStart = clock.after(START_MS, () => this.#fail('Nothing was said'));
    connection.onClose(() => this.#end());
    connection.receive((message) => (typeof message === 'string' ? this.#takeText(message) : this.#takeSound(message)));
  }

  #takeSound(bytes: Uint8Array): void {
    if (this.#state.name === 'new') this.#enter({ type: 'start' });
    const samples = this.#pcm.push(bytes);
    if (this.#state.name === 'entering') this.#state.sound.push(samples);
    else if (this.#state.name === 'speaking') this.#state.line.speak(samples);
  }

  #takeText(text: string): void {
    if (this.#state.name === 'speaking') this.#state.line.say(text);
    else if (this.#state.name === 'new') this.#takeRequest(text);
    else this.#refuse('Wait until you are told that it has started');
  }

  #takeRequest(text: string): void {
    this.#cancelStart();
    const request = parseSpeechRequest(text);
    if (!request.ok) this.#fail(request.problem);
    else if (request.value.type === 'start') this.#enter(request.value);
    else this.#negotiate(request.value).catch(this.#options.fail);
  }

  async #negotiate(request: Exclude<SpeechRequest, SpeechStart>): Promise<void> {
    const { connection, offer, answer, ice } = this.#options;
    if (request.type === 'offer') {
      // Each of them waits for a model: they are not to pile up.
      if (this.#isOffering) {
        this.#refuse('Wait for the answer to your offer');
        return;
      }
      this.#isOffering = true;
      const description = await offer(request, this.#gone.signal);
      this.#isOffering = false;
      this.#peerId = description.peer_id;
      connection.send(JSON.stringify(description));
      return;
    }
    const { peer_id = this.#peerId } = request;
    // Candidates may be found before the offer is answered.
    if (peer_id === undefined && request.type === 'ice') return;
    if (peer_id === undefined) throw new VoiceBridgeError('invalid_message', 'Nothing was offered to be answered');
    if (request.type === 'answer') answer({ peer_id, sdp: request.sdp });
    else ice({ peer_id, candidate: request.candidate });
  }

  #enter(start: SpeechStart): void {
    this.#cancelStart();
    const { createPorts, enter, fail } = this.#options;
    const [here, there] = createPorts();
    this.#state = { name: 'entering', sound: new RecentSound() };
    enter(start, there, this.#gone.signal).then(
      (entered) => this.#entered(entered, here),
      (error: unknown) => {
        here.close();
        fail(error);
      },
    );
  }

  #entered(entered: JoinedVoice, port: AudioPort): void {
    if (this.#state.name !== 'entering') {
      port.close();
      return;
    }
    const { connection, clock } = this.#options;
    const { sound } = this.#state;
    const started: SpeechStarted = {
      type: 'started',
      session_id: entered.sessionId,
      participant_id: entered.participantId,
      conversation_id: entered.conversationId,
      resume_token: entered.resumeToken,
    };
    connection.send(JSON.stringify(started));
    const line = new SpeechLine({ connection, port, clock });
    this.#state = { name: 'speaking', line };
    line.speak(sound.take());
  }

  #refuse(message: string): void {
    this.#options.connection.send(JSON.stringify({ type: 'error', code: 'invalid_message', message }));
  }

  #fail(problem: string): void {
    this.#options.fail(new VoiceBridgeError('invalid_message', problem));
  }

  #end(): void {
    this.#cancelStart();
    if (this.#state.name === 'speaking' && this.#state.line.dropped > 0) {
      const droppedMs = Math.round((this.#state.line.dropped * 1_000) / PCM_RATE_HZ);
      this.#options.logger.info({ droppedMs }, 'A client sent more sound than there was time for');
    }
    this.#state = { name: 'ended' };
    this.#gone.abort();
  }
}
