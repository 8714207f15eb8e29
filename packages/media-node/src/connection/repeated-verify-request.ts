/** What of a DTLS association tells how far its handshake is. */
export interface Handshaking<Message> {
  readonly dtls: { readonly flight: number };
  onHandleHandshakes: (messages: Message[]) => Promise<void>;
}

const HELLO_VERIFY_REQUEST = 3;
/** The flight with which a client answers a HelloVerifyRequest. */
const ANSWERED = 3;

/**
 * Has a DTLS client pass over a HelloVerifyRequest that it has answered already. A hello that was repeated, because the
 * network or this process was slow, is answered twice (RFC 6347 section 3.2.1); werift takes the second for an error
 * and gives up the handshake.
 */
export function ignoreRepeatedVerifyRequests<Message extends { readonly msg_type: number }>(
  association: Handshaking<Message>,
): void {
  const handle = association.onHandleHandshakes;
  association.onHandleHandshakes = (messages) => {
    const isRepeated = ({ msg_type: type }: Message) =>
      type === HELLO_VERIFY_REQUEST && association.dtls.flight >= ANSWERED;
    return handle(messages.filter((message) => !isRepeated(message)));
  };
}
