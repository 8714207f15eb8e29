/**
 * The load generator of `npm run bench:relay`, both ends of N sessions through a relay, and of `bench:sessions`, people
 * and models that talk. Orders come in as lines on standard input, what happened goes out as lines on standard output:
 *
 *   leg I                                    -> leg I PORT FRAGMENT PASSWORD
 *   connect I IP PORT FRAGMENT PASSWORD ROLE DTLS PAYLOAD LEVEL TIME TRANSPORT MID     (ROLE controlling or controlled,
 *                                               DTLS client or server, then RTP numbers) -> up I MICROSECONDS, ready I
 *   channel I LABEL                          -> ready I          leg I, which is up, opens a data channel
 *   tell I TEXT                              leg I says so on its data channel
 *   plain I IP PORT                          -> up I 0           bare RTP without ICE, DTLS and SRTP
 *   tone SILENCE TONE                        real Opus packets in hex
 *   play N                                   the first N legs send 50 packets a second each
 *   begin                                    a window opens
 *   end                                      -> result NAME=VALUE ...  half a second later
 *   speech S PATH                            a speech to be said, read from a file
 *   say I S TIMES MICROSECONDS               leg I says speech S in so long (TIMES once or again, which is for ever)
 *   keep                                     from now on all that is said and heard is kept
 *   write FOLDER                             -> written OVERRUN REFUSED      all of it, in files
 */
#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bytes.h"
#include "media.h"

enum { MAX_LEGS = 2000, EVENTS = 64 };

static const int64_t PERIOD = 20 * 1000000LL;
static const int64_t TICK_EVERY = 5 * 1000000LL;
static const int64_t GRACE = 500 * 1000000LL;

static struct leg legs[MAX_LEGS];
static int open_legs;
static struct measure measure;
static int64_t count_at;
static int poll_set;

/* Playing legs in the order of their phases, and whose turn it is in the round that began at `round`. */
static struct {
  int order[MAX_LEGS];
  int count, next;
  int64_t round;
} schedule;

static int by_phase(const void *left, const void *right) {
  int64_t a = legs[*(const int *)left].phase, b = legs[*(const int *)right].phase;
  return (a > b) - (a < b);
}

/* People do not speak in step: every leg has a phase of its own, the same in every run. */
static void play(int count) {
  uint64_t seed = 88172645463325252ULL;
  schedule.count = count < open_legs ? count : open_legs;
  for (int i = 0; i < schedule.count; i++) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    legs[i].phase = (int64_t)(seed % (uint64_t)PERIOD);
    schedule.order[i] = i;
  }
  qsort(schedule.order, (size_t)schedule.count, sizeof *schedule.order, by_phase);
  schedule.next = 0;
  schedule.round = monotonic() + PERIOD;
}

static int64_t next_due(void) {
  if (schedule.count == 0) return INT64_MAX;
  return schedule.round + legs[schedule.order[schedule.next]].phase;
}

static void send_due(int64_t now) {
  for (int64_t due = next_due(); due <= now; due = next_due()) {
    struct leg *leg = legs + schedule.order[schedule.next];
    if (leg->up) media_send(leg, due, &measure);
    if (++schedule.next < schedule.count) continue;
    schedule.next = 0;
    schedule.round += PERIOD;
  }
}

static void order_leg(int index) {
  struct leg *leg = legs + index;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = leg};
  if (index != open_legs || !leg_open(leg, index) || epoll_ctl(poll_set, EPOLL_CTL_ADD, leg->socket, &event) != 0) {
    printf("failed %d no socket\n", index);
    return;
  }
  open_legs++;
  printf("leg %d %d %s %s\n", index, leg_port(leg), leg->local_ice.fragment, leg->local_ice.password);
}

static void order_connect(struct leg *leg, const char *line) {
  char address[64], role[16], dtls[16];
  unsigned int port, numbers[5];
  int read = sscanf(line, "connect %*d %63s %u %256s %256s %15s %15s %u %u %u %u %u", address, &port,
                    leg->remote_ice.fragment, leg->remote_ice.password, role, dtls, numbers, numbers + 1, numbers + 2,
                    numbers + 3, numbers + 4);
  if (read != 11) {
    printf("failed %d order\n", leg->index);
    return;
  }
  leg->remote = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, address, &leg->remote.sin_addr);
  leg->controlling = strcmp(role, "controlling") == 0;
  leg->dtls_client = strcmp(dtls, "client") == 0;
  leg->format = (struct format){(uint8_t)numbers[0], (uint8_t)numbers[1], (uint8_t)numbers[2], (uint8_t)numbers[3],
                                (uint8_t)numbers[4]};
  leg_connect(leg);
}

static void order_plain(struct leg *leg, const char *line) {
  char address[64];
  unsigned int port;
  if (sscanf(line, "plain %*d %63s %u", address, &port) != 2) return;
  leg->plain = true;
  leg->format.payload_type = 111;
  leg->remote = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, address, &leg->remote.sin_addr);
  leg_connect(leg);
}

static void order_channel(struct leg *leg, const char *line) {
  char label[MAX_LABEL];
  if (leg->up && sscanf(line, "channel %*d %31s", label) == 1) sctp_call(&leg->sctp, label, monotonic());
  else printf("failed %d no channel\n", leg->index);
}

static void order_tell(struct leg *leg, const char *line) {
  int text = 0;
  sscanf(line, "tell %*d %n", &text);
  if (leg->sctp.calling == CALLED && text > 0) sctp_tell(&leg->sctp, line + text);
  else printf("failed %d to tell\n", leg->index);
}

static void order_say(struct leg *leg, const char *line) {
  char times[16];
  int speech;
  long long microseconds;
  bool said = leg->up && sscanf(line, "say %*d %d %15s %lld", &speech, times, &microseconds) == 3 &&
              talk_say(leg, speech, strcmp(times, "again") == 0, monotonic() + 1000 * microseconds);
  if (!said) printf("failed %d to say anything\n", leg->index);
}

static void order_write(const char *folder) {
  bool written = talk_write(legs, open_legs, folder);
  printf("%s %llu %llu\n", written ? "written" : "failed to write", (unsigned long long)measure.overrun,
         (unsigned long long)measure.refused);
}

static void obey(const char *line) {
  int index = 0;
  char silence[1024], tone[1024];
  if (sscanf(line, "leg %d", &index) == 1 && index >= 0 && index < MAX_LEGS) order_leg(index);
  else if (sscanf(line, "connect %d", &index) == 1 && index >= 0 && index < open_legs) order_connect(legs + index, line);
  else if (sscanf(line, "plain %d", &index) == 1 && index >= 0 && index < open_legs) order_plain(legs + index, line);
  else if (sscanf(line, "channel %d", &index) == 1 && index >= 0 && index < open_legs) order_channel(legs + index, line);
  else if (sscanf(line, "tell %d", &index) == 1 && index >= 0 && index < open_legs) order_tell(legs + index, line);
  else if (sscanf(line, "play %d", &index) == 1) play(index);
  else if (sscanf(line, "tone %1023s %1023s", silence, tone) == 2) media_use_tone(silence, tone);
  else if (sscanf(line, "speech %d %1023s", &index, tone) == 2) {
    if (!talk_read(index, tone)) printf("failed %d no speech\n", index);
  } else if (sscanf(line, "say %d", &index) == 1 && index >= 0 && index < open_legs) order_say(legs + index, line);
  else if (sscanf(line, "write %1023s", tone) == 1) order_write(tone);
  else if (strcmp(line, "keep") == 0) talk_keep();
  else if (strcmp(line, "begin") == 0) media_begin(legs, open_legs, &measure);
  else if (strcmp(line, "end") == 0) {
    media_end(legs, open_legs, &measure);
    count_at = monotonic() + GRACE;
  } else printf("failed -1 unknown order\n");
}

/* False at the end of input, which is the order to end. */
static bool read_orders(void) {
  static char pending[65536];
  static size_t length;
  ssize_t bytes = read(STDIN_FILENO, pending + length, sizeof pending - 1 - length);
  if (bytes <= 0) return false;
  length += (size_t)bytes;
  pending[length] = '\0';
  char *start = pending;
  for (char *end = strchr(start, '\n'); end != NULL; end = strchr(start, '\n')) {
    *end = '\0';
    obey(start);
    start = end + 1;
  }
  length -= (size_t)(start - pending);
  memmove(pending, start, length);
  return true;
}

static void tick(int64_t now) {
  for (int i = 0; i < open_legs; i++) leg_tick(legs + i, now);
  if (count_at == 0 || now < count_at) return;
  count_at = 0;
  media_count(legs, open_legs, &measure);
  measure_print(&measure);
}

static bool wait_and_take(int64_t until) {
  struct epoll_event events[EVENTS];
  int64_t left = until - monotonic();
  if (left < 0) left = 0;
  struct timespec timeout = {left / 1000000000, left % 1000000000};
  int count = epoll_pwait2(poll_set, events, EVENTS, &timeout, NULL);
  for (int i = 0; i < count; i++) {
    if (events[i].data.ptr != NULL) leg_receive(events[i].data.ptr, legs, open_legs, &measure);
    else if (!read_orders()) return false;
  }
  return true;
}

int main(void) {
  char fingerprint[96];
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!dtls_prepare(fingerprint)) return 1;
  /* What measures must not wait for what is measured; without the right to it, lateness tells. */
  sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 1});
  prctl(PR_SET_TIMERSLACK, 1);
  poll_set = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  if (poll_set < 0 || epoll_ctl(poll_set, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0) return 1;
  printf("fingerprint %s\n", fingerprint);
  int64_t tick_at = 0;
  bool more = true;
  while (more) {
    int64_t now = monotonic();
    send_due(now);
    talk_send(legs, open_legs, now);
    if (now >= tick_at) {
      tick(now);
      tick_at = now + TICK_EVERY;
    }
    int64_t due = next_due(), said = talk_due(legs, open_legs);
    if (said < due) due = said;
    more = wait_and_take(due < tick_at ? due : tick_at);
  }
  for (int i = 0; i < open_legs; i++) leg_close(legs + i);
  return 0;
}
