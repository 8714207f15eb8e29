/** WebSocket close codes of the bridge (RFC 6455 section 7.4; 4000 to 4999 are the application's). */
export const CLOSE_CODES = {
  normal: 1000,
  going_away: 1001,
  internal: 1011,
  slow_consumer: 1013,
  invalid_peer_id: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  not_found: 4404,
  invalid_message: 4422,
  replaced: 4409,
  rate_limited: 4429,
} as const;

/** Why a session ended, as clients are told. */
export type SessionCloseReason =
  | 'stopped'
  | 'replaced'
  | 'left'
  /** Somebody took this participant out of the session; the session itself may go on. */
  | 'kicked'
  /** This participant may not be in the session any more; the session itself may go on. */
  | 'revoked'
  | 'idle'
  | 'expired'
  | 'model_closed'
  | 'connection_lost'
  | 'shutting_down'
  | 'failed';
