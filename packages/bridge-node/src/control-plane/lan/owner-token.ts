import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE_DAYS = 30;

/** The secret that makes a browser the owner's: shown once in the printed URL, kept as a cookie, or sent as `Authorization: Bearer`. */
export class OwnerToken {
  readonly value: string;
  readonly #digest: Buffer;
  readonly #cookieName: string;

  /** `port` tells apart the cookies of two servers on one machine. */
  constructor(port: number, value: string = randomBytes(24).toString('base64url')) {
    this.value = value;
    this.#digest = digest(value);
    this.#cookieName = `__Host-voice-bridge-owner-${port}`;
  }

  /** True for the token itself; takes as long for any other text. */
  matches(text: string): boolean {
    return timingSafeEqual(digest(text), this.#digest);
  }

  /** True when the request carries the token, as `Authorization: Bearer` or as the cookie. */
  isShownBy(request: Request): boolean {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (bearer !== undefined) return this.matches(bearer);
    const cookies = (request.headers.get('cookie') ?? '').split(/; */);
    const found = cookies.find((each) => each.startsWith(`${this.#cookieName}=`));
    return found !== undefined && this.matches(found.slice(this.#cookieName.length + 1));
  }

  /** The `Set-Cookie` that keeps it where no script reads it and no other site sends it. */
  cookie(): string {
    const seconds = COOKIE_DAYS * 86_400;
    return `${this.#cookieName}=${this.value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Strict`;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
