#include "sctp.h"

#include "bytes.h"
#include "checksums.h"

/* Chunk types and parameters of RFC 9260 section 3; payload protocols of RFC 8831; messages of RFC 8832. */
enum {
  HEADER_BYTES = 12,
  DATA = 0,
  INIT = 1,
  INIT_ACK = 2,
  SACK = 3,
  HEARTBEAT = 4,
  HEARTBEAT_ACK = 5,
  COOKIE_ECHO = 10,
  COOKIE_ACK = 11,
  STATE_COOKIE = 7,
  WHOLE_MESSAGE = 3,
  DCEP = 50,
  TEXT = 51,
  CHANNEL_OPEN = 3,
  CHANNEL_ACK = 2,
  WINDOW_BYTES = 1 << 20,
  MAX_PACKET = 1200,
  /* RFC 8831 section 6.5: the ids of the side that is not the DTLS client are odd. */
  CALLED_STREAM = 1,
  PORT = 5000,
  STREAMS = 16,
};

static const int64_t AGAIN_AFTER = 100 * 1000000LL;

static const char CREATED[] = "{\"type\":\"session.created\",\"event_id\":\"event_1\",\"session\":{\"type\":\"realtime\"}}";
static const char UPDATED[] = "{\"type\":\"session.updated\",\"event_id\":\"event_2\",\"session\":{\"type\":\"realtime\"}}";

void sctp_open(struct sctp *sctp, sctp_send *send, void *owner) {
  *sctp = (struct sctp){.send = send, .owner = owner, .local_tag = 0x62656e63, .next_sent = 1};
}

static size_t padded(size_t length) { return (length + 3) & ~(size_t)3; }

/* Sends a packet of one chunk. */
static void send_chunk(struct sctp *sctp, uint8_t type, uint8_t flags, const uint8_t *value, size_t bytes) {
  uint8_t packet[MAX_PACKET] = {0};
  if (HEADER_BYTES + 4 + padded(bytes) > sizeof packet) return;
  put16(packet, sctp->local_port);
  put16(packet + 2, sctp->remote_port);
  put32(packet + 4, sctp->remote_tag);
  packet[HEADER_BYTES] = type;
  packet[HEADER_BYTES + 1] = flags;
  put16(packet + HEADER_BYTES + 2, (uint16_t)(4 + bytes));
  memcpy(packet + HEADER_BYTES + 4, value, bytes);
  size_t length = HEADER_BYTES + 4 + padded(bytes);
  uint32_t checksum = crc32_castagnoli(packet, length);
  /* The checksum alone travels with its low byte first. */
  for (int i = 0; i < 4; i++) packet[8 + i] = (uint8_t)(checksum >> (8 * i));
  sctp->send(sctp->owner, packet, length);
}

static void send_data(struct sctp *sctp, uint16_t stream, uint32_t protocol, const void *bytes, size_t length) {
  uint8_t value[512];
  if (12 + length > sizeof value) return;
  put32(value, sctp->next_sent++);
  put16(value + 4, stream);
  put16(value + 6, sctp->stream_sequence++);
  put32(value + 8, protocol);
  memcpy(value + 12, bytes, length);
  send_chunk(sctp, DATA, WHOLE_MESSAGE, value, 12 + length);
}

static void take_init(struct sctp *sctp, const uint8_t *value, size_t bytes) {
  if (bytes < 16) return;
  sctp->remote_tag = get32(value);
  sctp->last_received = get32(value + 12) - 1;
  uint8_t answer[24];
  put32(answer, sctp->local_tag);
  put32(answer + 4, WINDOW_BYTES);
  memcpy(answer + 8, value + 10, 2);
  memcpy(answer + 10, value + 8, 2);
  put32(answer + 12, sctp->next_sent);
  put16(answer + 16, STATE_COOKIE);
  put16(answer + 18, 8);
  put32(answer + 20, sctp->local_tag);
  send_chunk(sctp, INIT_ACK, 0, answer, sizeof answer);
}

static void send_init(struct sctp *sctp) {
  uint8_t value[16];
  put32(value, sctp->local_tag);
  put32(value + 4, WINDOW_BYTES);
  put16(value + 8, STREAMS);
  put16(value + 10, STREAMS);
  put32(value + 12, sctp->next_sent);
  send_chunk(sctp, INIT, 0, value, sizeof value);
}

void sctp_call(struct sctp *sctp, const char *label, int64_t now) {
  strncpy(sctp->label, label, sizeof sctp->label - 1);
  sctp->local_port = sctp->remote_port = PORT;
  sctp->calling = INIT_SENT;
  sctp->again_at = now + AGAIN_AFTER;
  send_init(sctp);
}

void sctp_tick(struct sctp *sctp, int64_t now) {
  if (now < sctp->again_at) return;
  sctp->again_at = now + AGAIN_AFTER;
  if (sctp->calling == INIT_SENT) send_init(sctp);
  else if (sctp->calling == COOKIE_SENT) send_chunk(sctp, COOKIE_ECHO, 0, sctp->cookie, sctp->cookie_bytes);
}

void sctp_tell(struct sctp *sctp, const char *text) { send_data(sctp, CALLED_STREAM, TEXT, text, strlen(text)); }

static void take_init_ack(struct sctp *sctp, const uint8_t *value, size_t bytes) {
  if (sctp->calling != INIT_SENT || bytes < 16) return;
  for (size_t at = 16; at + 4 <= bytes;) {
    size_t length = get16(value + at + 2);
    if (length < 4 || at + length > bytes) return;
    if (get16(value + at) == STATE_COOKIE && length - 4 <= sizeof sctp->cookie) {
      sctp->cookie_bytes = length - 4;
      memcpy(sctp->cookie, value + at + 4, sctp->cookie_bytes);
    }
    at += padded(length);
  }
  if (sctp->cookie_bytes == 0) return;
  sctp->remote_tag = get32(value);
  sctp->last_received = get32(value + 12) - 1;
  sctp->calling = COOKIE_SENT;
  send_chunk(sctp, COOKIE_ECHO, 0, sctp->cookie, sctp->cookie_bytes);
}

/* A reliable channel whose messages stay in order: RFC 8832 section 5.1. */
static void open_channel(struct sctp *sctp) {
  if (sctp->calling != COOKIE_SENT) return;
  size_t length = strlen(sctp->label);
  uint8_t message[12 + MAX_LABEL] = {CHANNEL_OPEN, 0, 1, 0};
  put16(message + 8, (uint16_t)length);
  memcpy(message + 12, sctp->label, length);
  sctp->calling = CHANNEL_SENT;
  send_data(sctp, CALLED_STREAM, DCEP, message, 12 + length);
}

static void acknowledge(struct sctp *sctp) {
  uint8_t value[12] = {0};
  put32(value, sctp->last_received);
  put32(value + 4, WINDOW_BYTES);
  send_chunk(sctp, SACK, 0, value, sizeof value);
}

static void take_message(struct sctp *sctp, uint16_t stream, uint32_t protocol, const uint8_t *bytes, size_t length) {
  if (sctp->calling != NOT_CALLING) {
    if (protocol != DCEP || length == 0 || bytes[0] != CHANNEL_ACK) return;
    sctp->calling = CALLED;
    sctp->ready = true;
  } else if (protocol == DCEP && length > 0 && bytes[0] == CHANNEL_OPEN && !sctp->greeted) {
    static const uint8_t opened = CHANNEL_ACK;
    sctp->greeted = true;
    send_data(sctp, stream, DCEP, &opened, 1);
    send_data(sctp, stream, TEXT, CREATED, sizeof CREATED - 1);
  } else if (protocol == TEXT && !sctp->ready) {
    sctp->ready = true;
    send_data(sctp, stream, TEXT, UPDATED, sizeof UPDATED - 1);
  }
}

/* What is out of order is not kept: the other side sends it again. */
static void take_data(struct sctp *sctp, uint8_t flags, const uint8_t *value, size_t bytes) {
  if (bytes < 12) return;
  bool next = get32(value) == sctp->last_received + 1;
  if (next) sctp->last_received++;
  acknowledge(sctp);
  bool ends = flags & 1;
  if (next && ends) take_message(sctp, get16(value + 4), get32(value + 8), value + 12, bytes - 12);
}

static void take_chunk(struct sctp *sctp, uint8_t type, uint8_t flags, const uint8_t *value, size_t bytes) {
  if (type == INIT) take_init(sctp, value, bytes);
  else if (type == INIT_ACK) take_init_ack(sctp, value, bytes);
  else if (type == COOKIE_ACK) open_channel(sctp);
  else if (type == COOKIE_ECHO) send_chunk(sctp, COOKIE_ACK, 0, value, 0);
  else if (type == DATA) take_data(sctp, flags, value, bytes);
  else if (type == HEARTBEAT) send_chunk(sctp, HEARTBEAT_ACK, 0, value, bytes);
}

void sctp_receive(struct sctp *sctp, const uint8_t *packet, size_t length) {
  if (length < HEADER_BYTES) return;
  sctp->remote_port = get16(packet);
  sctp->local_port = get16(packet + 2);
  for (size_t at = HEADER_BYTES; at + 4 <= length;) {
    size_t bytes = get16(packet + at + 2);
    if (bytes < 4 || at + bytes > length) return;
    take_chunk(sctp, packet[at], packet[at + 1], packet + at + 4, bytes - 4);
    at += padded(bytes);
  }
}
