import { createHash } from 'node:crypto';
import { HMAC_BLOCK_BYTES, HmacSha1 } from '../srtp/hmac-sha1.ts';

/** What STUN messages are signed with under a short-term password (RFC 8489 sections 9.1.1 and 14.5). */
export function stunKey(password: string): HmacSha1 {
  const key = Buffer.from(password, 'utf8');
  return new HmacSha1(key.length > HMAC_BLOCK_BYTES ? createHash('sha1').update(key).digest() : key);
}
