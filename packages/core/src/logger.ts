/** Facts that belong to one log line. Never a key, a prompt or audio. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go. pino and `console` both fit. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Says nothing; the default. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
