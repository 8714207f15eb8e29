/** The version of the wire protocol between bridge and clients. Grows when an older client would misread a message. */
export const PROTOCOL_VERSION = 1;
