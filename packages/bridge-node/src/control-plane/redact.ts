/** Takes every secret out of a text that is about to leave the process. */
export type Redact = (text: string) => string;

const MIN_SECRET_LENGTH = 6;

/** A {@link Redact} for these secrets, as they are and as JSON or a URL would write them. Shorter ones than 6 characters would eat ordinary words and are left. */
export function createRedact(secrets: readonly string[]): Redact {
  const spellings = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  return (text) => spellings.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
}
