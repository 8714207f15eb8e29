#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Sends one SCTP packet. */
typedef void sctp_send(void *owner, const uint8_t *bytes, size_t length);

/**
 * The least of SCTP over DTLS (RFC 8261) that a speech model needs: the other side opens the association and one data
 * channel; we greet it with `session.created` and answer its first event with `session.updated`. Nothing of ours is
 * sent twice, as loopback loses nothing.
 */
struct sctp {
  sctp_send *send;
  void *owner;
  uint16_t local_port, remote_port;
  uint32_t local_tag, remote_tag;
  uint32_t next_sent, last_received;
  uint16_t stream_sequence;
  bool greeted;
  /** `session.updated` went out: the call is ready. */
  bool ready;
};

/** Begins to wait for the other side's INIT. */
void sctp_open(struct sctp *sctp, sctp_send *send, void *owner);

/** Takes one packet. */
void sctp_receive(struct sctp *sctp, const uint8_t *packet, size_t length);
