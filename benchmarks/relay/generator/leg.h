#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "dtls.h"
#include "measure.h"
#include "sctp.h"
#include "srtp.h"
#include "stun.h"
#include "talk.h"

enum { MAX_DATAGRAM = 1500, WINDOW_WORDS = 64 };

/** What the SDP answer said about packets of ours; an extension id of 0 means that it was not taken (RFC 8285). */
struct format {
  uint8_t payload_type;
  uint8_t audio_level, send_time, transport_sequence, mid;
};

/** One WebRTC connection to the system under test, or one bare UDP flow when `plain`. */
struct leg {
  int index;
  int socket;
  bool plain, controlling, dtls_client, checked, up, ready_told;
  struct sockaddr_in remote;
  struct ice_credentials local_ice, remote_ice;
  struct format format;
  int64_t connected_at, check_at;
  struct dtls dtls;
  uint8_t early[MAX_DATAGRAM];
  size_t early_bytes;
  struct sctp sctp;
  struct srtp_stream outbound, inbound;
  /* media */
  uint16_t sequence, transport_sequence;
  uint32_t timestamp, counter;
  int64_t phase;
  /* the window: counters [first, last) are ours, a bit per one that came back */
  uint32_t first, last;
  uint64_t seen[WINDOW_WORDS];
  /* for relays that encode anew: when our last tone began, and what comes back */
  int64_t onset;
  unsigned steady;
  size_t previous_bytes;
  struct talk talk;
};

/** Opens the socket of a leg on any port, with credentials of its own; false when the machine has no more. */
bool leg_open(struct leg *leg, int index);

/** The UDP port of an open leg. */
uint16_t leg_port(const struct leg *leg);

/** Begins ICE, then DTLS, towards the remote side; `up <index> <microseconds>` is printed when media may flow. */
void leg_connect(struct leg *leg);

/** Checks, consent (RFC 7675) and retransmissions; to be called every few milliseconds. */
void leg_tick(struct leg *leg, int64_t now);

/** Reads one datagram of a readable leg and does what it asks for. */
void leg_receive(struct leg *leg, struct leg *legs, int count, struct measure *measure);

/** Frees a leg. */
void leg_close(struct leg *leg);

/** Hands bytes to the kernel for the remote side. */
void leg_send(struct leg *leg, const uint8_t *bytes, size_t length);
