/** What the participants of a session show when they come back: one token each, good for the same subject, the newest `capacity` of them. */
export class ResumeTokens {
  readonly #mint: () => string;
  readonly #capacity: number;
  readonly #places = new Map<string, { readonly participantId: string; readonly subject: string }>();

  constructor(mint: () => string, capacity: number) {
    this.#mint = mint;
    this.#capacity = capacity;
  }

  /** The token of a participant: always the same one. */
  of(participantId: string, subject: string): string {
    for (const [token, place] of this.#places) if (place.participantId === participantId) return token;
    const token = this.#mint();
    this.#places.set(token, { participantId, subject });
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= this.#capacity) break;
      this.#places.delete(oldest);
    }
    return token;
  }

  /** Whose place it is; undefined when it is nobody's, or another subject's. */
  participantOf(token: string | undefined, subject: string): string | undefined {
    const place = token === undefined ? undefined : this.#places.get(token);
    return place?.subject === subject ? place.participantId : undefined;
  }

  /** Whether the participant's token was given to the subject. */
  isOf(participantId: string, subject: string): boolean {
    return [...this.#places.values()].some(
      (place) => place.participantId === participantId && place.subject === subject,
    );
  }

  /** The participants whose tokens were given to the subject. */
  participantsOf(subject: string): string[] {
    return [...this.#places.values()].filter((place) => place.subject === subject).map((place) => place.participantId);
  }

  /** Takes a participant's token back. */
  revoke(participantId: string): void {
    for (const [token, place] of this.#places) if (place.participantId === participantId) this.#places.delete(token);
  }
}
