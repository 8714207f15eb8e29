#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Sends one SCTP packet. */
typedef void sctp_send(void *owner, const uint8_t *bytes, size_t length);

/** How far an association of ours is: one that {@link sctp_call} began. */
enum sctp_calling { NOT_CALLING, INIT_SENT, COOKIE_SENT, CHANNEL_SENT, CALLED };

enum { MAX_COOKIE = 256, MAX_LABEL = 32 };

/**
 * The least of SCTP over DTLS (RFC 8261) that a speech model and its caller need. The model: the other side opens the
 * association and one data channel; we greet it with `session.created` and answer its first event with
 * `session.updated`. The caller: we open both. Nothing of ours is sent twice but what opens the association, as
 * loopback loses nothing.
 */
struct sctp {
  sctp_send *send;
  void *owner;
  uint16_t local_port, remote_port;
  uint32_t local_tag, remote_tag;
  uint32_t next_sent, last_received;
  uint16_t stream_sequence;
  bool greeted;
  /** `session.updated` went out, or our channel is open: the call is ready. */
  bool ready;
  enum sctp_calling calling;
  int64_t again_at;
  char label[MAX_LABEL];
  uint8_t cookie[MAX_COOKIE];
  size_t cookie_bytes;
};

/** Begins to wait for the other side's INIT. */
void sctp_open(struct sctp *sctp, sctp_send *send, void *owner);

/** Opens an association and a data channel of this label, at a side that does not; over DTLS that is connected. */
void sctp_call(struct sctp *sctp, const char *label, int64_t now);

/** Begins again to open what nobody answered; to be called every few milliseconds. */
void sctp_tick(struct sctp *sctp, int64_t now);

/** Sends a text on the channel of {@link sctp_call}, which is ready. */
void sctp_tell(struct sctp *sctp, const char *text);

/** Takes one packet. */
void sctp_receive(struct sctp *sctp, const uint8_t *packet, size_t length);
