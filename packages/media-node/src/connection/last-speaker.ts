import type { IceProtocol } from './ice-agent.ts';
import type { Address } from './udp-transport.ts';

/** Checks whose ids are remembered: of a copy that comes later nobody knows who sends it. */
const REMEMBERED_CHECKS = 64;
const ID_WORD_DIGITS = 8;

/** From where the peer spoke, and over which protocol of ours. */
export interface Speaker {
  readonly protocol: IceProtocol;
  readonly from: Address;
}

/** The address of a datagram, as it is kept of its source. */
interface Source {
  readonly host: string;
  readonly port: number;
}

/**
 * Knows from where the peer speaks. What nobody can have kept or copied counts before all else: media and DTLS that were
 * opened for the first time, answers to checks of ours. A check of the peer, which anybody on the way can send again from
 * an address of his own, counts when there was nothing of that kind since the last look, and once.
 */
export class LastSpeaker {
  #protocol: IceProtocol | undefined;
  #source: Source | undefined;
  #checked: Speaker | undefined;
  #last: Speaker | undefined;
  readonly #ids = new Int32Array(REMEMBERED_CHECKS);
  #checks = 0;

  /** Something came that only the peer can have said, and only now. Costs no memory. */
  heard(protocol: IceProtocol, source: Source): void {
    this.#protocol = protocol;
    this.#source = source;
  }

  /** A signed check came, with these 24 hexadecimal digits as its id. */
  checked(protocol: IceProtocol, from: Address, transactionId: string): void {
    const word = Number.parseInt(transactionId.slice(0, ID_WORD_DIGITS), 16) | 0;
    if (this.#ids.includes(word)) return;
    this.#ids[this.#checks++ % REMEMBERED_CHECKS] = word;
    this.#checked = { protocol, from };
  }

  /** Who speaks, by what came since the last look; who spoke then, when nothing came. */
  look(): Speaker | undefined {
    const [protocol, source] = [this.#protocol, this.#source];
    if (protocol !== undefined && source !== undefined) this.#last = { protocol, from: [source.host, source.port] };
    else this.#last = this.#checked ?? this.#last;
    this.#protocol = undefined;
    this.#source = undefined;
    this.#checked = undefined;
    return this.#last;
  }
}
