import type {
  RealtimeServerEvent,
  RealtimeSessionCreateRequest,
  RealtimeTranscriptionSessionCreateRequest,
  SessionCreatedEvent,
  SessionUpdatedEvent,
} from 'openai/resources/realtime/realtime';

/** A session as it is told: OpenAI's types leave out what only the server knows. */
type Told<Event extends SessionCreatedEvent | SessionUpdatedEvent> = Omit<Event, 'session'> & {
  session:
    | (RealtimeSessionCreateRequest & { id: string; object: 'realtime.session'; expires_at: number })
    | (RealtimeTranscriptionSessionCreateRequest & {
        id: string;
        object: 'realtime.transcription_session';
        expires_at: number;
      });
};

/** An event that a server may send, by the types of the `openai` package. */
export type EmittedEvent = RealtimeServerEvent | Told<SessionCreatedEvent> | Told<SessionUpdatedEvent>;
