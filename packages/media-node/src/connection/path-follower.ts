import type { CandidatePair, IceAgent } from './ice-agent.ts';
import type { Speaker } from './last-speaker.ts';
import type { PathCheck } from './path-checks.ts';

/** What a {@link PathFollower} looks at. */
export interface PathFollowerOptions {
  readonly agent: IceAgent;
  /** From where the other side has spoken since the last call, or before. */
  readonly lookForSpeaker: () => Speaker | undefined;
  readonly check: PathCheck;
}

/**
 * Moves the selected path to where the other side speaks from now: its NAT gave it another address, or it chose another
 * way. The library keeps to the first path it had. Only to an address that signed a check of its own and answers one of
 * ours: who writes a false address on a datagram moves nothing. Nor does a single check over a path that is kept as a
 * spare: the path in use is asked first, and who answers there speaks there.
 */
export class PathFollower {
  readonly #options: PathFollowerOptions;
  #isChecking = false;
  /** Where the other side spoke at the last look. */
  #heard: CandidatePair | undefined;

  constructor(options: PathFollowerOptions) {
    this.#options = options;
  }

  /** To be called now and then while connected. */
  look(): void {
    const { agent, check } = this.#options;
    const pair = this.#spokenOver();
    const isHeardAgain = pair === this.#heard;
    this.#heard = pair;
    if (pair === undefined || pair === agent.nominated || this.#isChecking) return;
    if (!isHeardAgain && agent.nominated !== undefined) {
      void check(agent.nominated);
      return;
    }
    this.#isChecking = true;
    check(pair)
      .then((answered) => {
        if (answered && agent.nominated !== undefined && agent.checkList.includes(pair)) agent.nominated = pair;
      })
      .finally(() => {
        this.#isChecking = false;
      });
  }

  #spokenOver(): CandidatePair | undefined {
    const { agent, lookForSpeaker } = this.#options;
    const speaker = lookForSpeaker();
    if (speaker === undefined) return undefined;
    const { protocol, from } = speaker;
    const [host, port] = from;
    const isSpokenOver = ({ protocol: own, remoteCandidate: remote }: CandidatePair) =>
      own === protocol && remote.host === host && remote.port === port;
    // The library may have two pairs of the same addresses.
    const selected = agent.nominated;
    return selected !== undefined && isSpokenOver(selected) ? selected : agent.checkList.find(isSpokenOver);
  }
}
