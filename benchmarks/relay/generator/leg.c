#include "leg.h"

#include <arpa/inet.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes.h"
#include "media.h"

static const int64_t CHECK_EVERY = 20 * 1000000LL;
/* RFC 7675 section 5.1: about every 5 s; browsers check twice as often. */
static const int64_t CONSENT_EVERY = 2500 * 1000000LL;

enum { RECEIVE_BUFFER = 1 << 20 };

static void random_text(char *out, size_t length) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  RAND_bytes((uint8_t *)out, (int)length);
  for (size_t i = 0; i < length; i++) out[i] = letters[(uint8_t)out[i] % 64];
  out[length] = '\0';
}

bool leg_open(struct leg *leg, int index) {
  *leg = (struct leg){.index = index, .socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  random_text(leg->local_ice.fragment, 8);
  random_text(leg->local_ice.password, 24);
  struct sockaddr_in any = {.sin_family = AF_INET};
  const int on = 1, bytes = RECEIVE_BUFFER;
  return leg->socket >= 0 && bind(leg->socket, (struct sockaddr *)&any, sizeof any) == 0 &&
         setsockopt(leg->socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0 &&
         setsockopt(leg->socket, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) == 0 &&
         setsockopt(leg->socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) == 0;
}

uint16_t leg_port(const struct leg *leg) {
  struct sockaddr_in own;
  socklen_t bytes = sizeof own;
  if (getsockname(leg->socket, (struct sockaddr *)&own, &bytes) != 0) return 0;
  return ntohs(own.sin_port);
}

void leg_send(struct leg *leg, const uint8_t *bytes, size_t length) {
  sendto(leg->socket, bytes, length, 0, (const struct sockaddr *)&leg->remote, sizeof leg->remote);
}

static void send_datagram(void *owner, const uint8_t *bytes, size_t length) { leg_send(owner, bytes, length); }

static void send_over_dtls(void *owner, const uint8_t *bytes, size_t length) {
  struct leg *leg = owner;
  dtls_write(&leg->dtls, bytes, length);
}

static void now_up(struct leg *leg) {
  leg->up = true;
  printf("up %d %lld\n", leg->index, (long long)(monotonic() - leg->connected_at) / 1000);
}

static void take_dtls(struct leg *leg, const uint8_t *datagram, size_t length) {
  if (leg->dtls.ssl == NULL) {
    leg->early_bytes = length;
    memcpy(leg->early, datagram, length);
    return;
  }
  uint8_t message[16384];
  int bytes = dtls_receive(&leg->dtls, datagram, length, message, sizeof message);
  for (; bytes > 0; bytes = dtls_receive(&leg->dtls, datagram, 0, message, sizeof message)) {
    sctp_receive(&leg->sctp, message, (size_t)bytes);
  }
  if (leg->dtls.connected && !leg->up) {
    if (dtls_key_srtp(&leg->dtls, &leg->outbound, &leg->inbound)) now_up(leg);
    else printf("failed %d no SRTP profile in common\n", leg->index);
  }
  if (leg->sctp.ready && !leg->ready_told) {
    leg->ready_told = true;
    printf("ready %d\n", leg->index);
  }
}

/* A client's hello may come before our side knows that there is anybody: it is kept, as browsers do. */
static void open_dtls(struct leg *leg) {
  if (!dtls_open(&leg->dtls, leg->dtls_client, send_datagram, leg)) printf("failed %d dtls\n", leg->index);
  else if (leg->early_bytes > 0) take_dtls(leg, leg->early, leg->early_bytes);
}

void leg_connect(struct leg *leg) {
  leg->connected_at = monotonic();
  if (leg->plain) {
    now_up(leg);
    return;
  }
  sctp_open(&leg->sctp, send_over_dtls, leg);
  if (!leg->dtls_client) open_dtls(leg);
}

static void send_check(struct leg *leg) {
  uint8_t transaction[12], message[1500];
  RAND_bytes(transaction, sizeof transaction);
  leg_send(leg, message, stun_write_check(message, transaction, &leg->local_ice, &leg->remote_ice, leg->controlling));
}

void leg_tick(struct leg *leg, int64_t now) {
  if (leg->plain || leg->connected_at == 0) return;
  if (now >= leg->check_at) {
    send_check(leg);
    leg->check_at = now + (leg->checked ? CONSENT_EVERY : CHECK_EVERY);
  }
  if (leg->dtls.ssl != NULL && !leg->dtls.connected) dtls_tick(&leg->dtls);
  if (leg->up) sctp_tick(&leg->sctp, now);
}

/* The remote side may check us before we know where it is; those checks are answered all the same. */
static void take_stun(struct leg *leg, const uint8_t *message, size_t length, const struct sockaddr_in *source) {
  uint8_t response[1500];
  if (stun_verify(message, length, leg->local_ice.password) == STUN_REQUEST) {
    size_t bytes = stun_write_response(response, message, &leg->local_ice, source);
    sendto(leg->socket, response, bytes, 0, (const struct sockaddr *)source, sizeof *source);
    return;
  }
  if (leg->checked || leg->connected_at == 0) return;
  if (stun_verify(message, length, leg->remote_ice.password) != STUN_RESPONSE) return;
  leg->checked = true;
  leg->check_at = monotonic() + CONSENT_EVERY;
  if (leg->dtls_client) open_dtls(leg);
}

void leg_receive(struct leg *leg, struct leg *legs, int count, struct measure *measure) {
  uint8_t datagram[MAX_DATAGRAM];
  char control[128];
  struct sockaddr_in source;
  struct iovec part = {datagram, sizeof datagram};
  struct msghdr header = {.msg_name = &source,
                          .msg_namelen = sizeof source,
                          .msg_iov = &part,
                          .msg_iovlen = 1,
                          .msg_control = control,
                          .msg_controllen = sizeof control};
  ssize_t length = recvmsg(leg->socket, &header, 0);
  if (length <= 0) return;
  int64_t arrived = 0;
  for (struct cmsghdr *each = CMSG_FIRSTHDR(&header); each != NULL; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(each), sizeof stamp);
      arrived = stamp.tv_sec * 1000000000LL + stamp.tv_nsec;
    } else if (each->cmsg_type == SO_RXQ_OVFL) {
      measure->overrun++;
    }
  }
  /* RFC 7983: one port carries three protocols, told apart by the first byte. */
  if (leg->plain || (datagram[0] >= 128 && datagram[0] < 192)) {
    if (leg->up) media_take(leg, datagram, (size_t)length, arrived, legs, count, measure);
  } else if (datagram[0] < 4) {
    take_stun(leg, datagram, (size_t)length, &source);
  } else if (datagram[0] >= 20 && datagram[0] < 64) {
    take_dtls(leg, datagram, (size_t)length);
  }
}

void leg_close(struct leg *leg) {
  close(leg->socket);
  if (leg->dtls.ssl != NULL) dtls_close(&leg->dtls);
  if (leg->outbound.cipher != NULL) srtp_close(&leg->outbound);
  if (leg->inbound.cipher != NULL) srtp_close(&leg->inbound);
}
