import {
  type ClientControlMessage,
  type Clock,
  type Logger,
  type MediaStats,
  Pcm16Reader,
  type ServerControlMessage,
} from '@voice-bridge/core';
import { AudioLine, LINE_CREDIT } from '../../seam/audio-line.ts';
import type { JoinCommand } from '../../seam/session-commands.ts';
import type { Outlet } from '../audio-path/audio-path.ts';
import { ControlChannel } from './control-channel.ts';
import { FrameQueue } from './frame-queue.ts';
import type { Participant, ParticipantEvent, ParticipantSinks } from './participant.ts';
import { readClientMessage } from './read-client-message.ts';

/** How a participant over a line of PCM is made. */
export interface PcmParticipantOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly join: Extract<JoinCommand, { type: 'joinPcm' }>;
  readonly sinks: ParticipantSinks;
}

/** A client whose connection the control plane holds: its PCM and its control messages come over a line. Whether it lives is judged there. */
export class PcmParticipant implements Participant {
  readonly outlet: Outlet;
  readonly #options: PcmParticipantOptions;
  readonly #pcm = new Pcm16Reader();
  readonly #line: AudioLine;
  readonly #control: ControlChannel;
  #takeControl: (message: string) => void = () => {};
  #state: 'new' | 'joined' | 'ended' = 'new';

  constructor(options: PcmParticipantOptions) {
    this.#options = options;
    const { clock, logger, join } = options;
    const line = new AudioLine(join.port, {
      onAudio: (bytes) => this.#receiveAudio(bytes),
      onControl: (text) => this.#takeControl(text),
      onClose: () => this.#end({ type: 'left', reason: 'left' }),
    });
    this.#line = line;
    const frames = new FrameQueue({
      get bufferedAmount() {
        return line.underWay < LINE_CREDIT ? 0 : Number.POSITIVE_INFINITY;
      },
      send: (bytes) => line.sendAudio(bytes),
    });
    this.outlet = { format: 'pcm', send: (frame) => frames.push(frame, clock.now()) };
    const way = {
      get open() {
        return line.open;
      },
      // The other end of the line bounds what waits for the client.
      bufferedAmount: 0,
      send: (message: string) => line.sendControl(message),
      receive: (taker: (message: string) => void) => {
        this.#takeControl = taker;
      },
    };
    const sinks = {
      onSign: () => {},
      onMessage: (message: ClientControlMessage) => this.#receiveMessage(message),
      onFlood: () => this.#end({ type: 'left', reason: 'rate_limited' }),
      onStall: () => {},
    } as const;
    this.#control = new ControlChannel(way, sinks, clock, logger);
  }

  /** There is nothing to negotiate: it is in the session at once. */
  start(): void {
    this.#state = 'joined';
    this.#report({ type: 'joined', transport: 'websocket' });
    this.#report({ type: 'controlOpened' });
  }

  takeAnswer(): void {}

  send(message: ServerControlMessage): void {
    if (this.#state !== 'new') this.#control.send(message);
  }

  stats(): readonly MediaStats[] {
    return [];
  }

  async close(farewell: ServerControlMessage | undefined): Promise<void> {
    this.#state = 'ended';
    if (farewell !== undefined) this.#control.send(farewell);
    this.#line.close();
  }

  #receiveAudio(bytes: Uint8Array): void {
    if (this.#state === 'joined') this.#options.sinks.onPcm(this.#pcm.push(bytes));
  }

  #receiveMessage(message: ClientControlMessage): void {
    const meaning = readClientMessage(message, this.#options.join.textLength);
    if (meaning.type === 'left') this.#end(meaning);
    else if (meaning.type === 'error') this.send(meaning);
    else if (meaning.type === 'request') this.#report(meaning);
  }

  #end(event: ParticipantEvent): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#options.sinks.onEvent(event);
  }

  #report(event: ParticipantEvent): void {
    if (this.#state === 'joined') this.#options.sinks.onEvent(event);
  }
}
