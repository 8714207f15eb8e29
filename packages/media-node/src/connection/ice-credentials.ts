import { randomBytes } from 'node:crypto';
import type { IceAgent } from './ice-agent.ts';

/** 8 characters of 6 bits, where RFC 8445 section 5.3 asks for 24 bits. */
const USER_BYTES = 6;
/** 24 characters of 6 bits, where it asks for 128 bits. */
const PASSWORD_BYTES = 18;

/**
 * Gives the agent a user name and a password of ours, now and at every ICE restart: the library's have 16 and 88 bits.
 * The ones before stay valid, as long as checks with them may be under way. To be called before any description is made.
 */
export function strengthenCredentials(agent: IceAgent): void {
  let previous: readonly (readonly [string, string])[] = [];
  const renew = (): void => {
    // Base64 writes exactly the characters that ICE allows (RFC 8839 section 5.4), and these lengths need no padding.
    const user = randomBytes(USER_BYTES).toString('base64');
    const password = randomBytes(PASSWORD_BYTES).toString('base64');
    agent.localUsername = user;
    agent.localPassword = password;
    agent.userHistory = Object.fromEntries([...previous, [user, password]]);
    previous = [[user, password]];
  };
  const restart = agent.restart.bind(agent);
  agent.restart = () => {
    const restarted = restart();
    renew();
    return restarted;
  };
  renew();
}
