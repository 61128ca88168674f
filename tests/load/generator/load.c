/* A load generator for protocol v2, in one thread with epoll: at 370,000 deliveries a second it needs 0.4 of a core.
 *
 * load PORT HOST SEATS SERVER_PIDS DATABASE_PIDS STEP...
 *
 * SEATS is a file with a line for each socket: the room's id, a tab, a token. PIDS are separated by commas.
 * All sockets join, 50 at a time, then each STEP is played and answered with one line of JSON on stdout:
 *
 *   fan:W:S      keep W messages on their way for S seconds; the next is sent when every socket has one
 *   conv:W:S     keep W messages unacknowledged for S seconds, of as many sockets
 *   rate:N:S     N messages a second by the clock; latency counts from when each was due
 *   connect      alone: 50 sockets join, then the others, 50 at a time, which is what is measured
 *   storm:F      alone: the last F seats speak three times while all others are cut; these come back at one moment
 *                with `since`. It says "away" and waits for a line on stdin before they come.
 *
 * Every socket checks that the versions of its room come without a gap; `disorder` counts where they do not.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WARM_S 1.0
#define AT_ONCE 50
#define MISSED 3
#define STEP_NS 10000 /* of a histogram */
#define STEPS 600000
#define MOST_IN_FLIGHT 64

enum state { CLOSED, CONNECTING, SHAKING_HANDS, GREETED, SUBSCRIBING, READY };

struct seat {
  int fd, used, size, came, is_complete;
  enum state state;
  uint8_t *buffer;
  char *room, *token;
  uint64_t version;
};

struct histogram {
  uint32_t *steps;
  long count;
};

static struct seat *seats;
static int seat_count, port, poller;
static const char *host, *server_pids, *database_pids;
static long ready, failed, deliveries, acks, errors, disorder, complete;
static int is_measuring, is_stopping, coming_back;
static enum { OTHER, FAN, CONV } playing;
static struct histogram delivered, acknowledged;
static struct { uint64_t stamp; int missing; struct seat *by; } in_flight[MOST_IN_FLIGHT];
static int in_flight_count;

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ULL + time.tv_nsec;
}
static double now_s(void) { return now_ns() * 1e-9; }

/* --- what it costs ------------------------------------------------------------------------------------------- */

static double cpu_s(const char *pids, double *memory_kib) {
  char list[1024], name[64], line[2048], *place = NULL;
  double ticks = 0;
  snprintf(list, sizeof list, "%s", pids);
  for (char *pid = strtok_r(list, ",", &place); pid; pid = strtok_r(NULL, ",", &place)) {
    snprintf(name, sizeof name, "/proc/%s/stat", pid);
    FILE *file = fopen(name, "r");
    if (!file) continue;
    line[fread(line, 1, sizeof line - 1, file)] = 0;
    fclose(file);
    unsigned long user, system;
    long pages;
    sscanf(strrchr(line, ')') + 2,
           "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %*u %*u %ld", &user, &system,
           &pages);
    ticks += user + system;
    if (memory_kib) *memory_kib += pages * (sysconf(_SC_PAGESIZE) / 1024.0);
  }
  return ticks / sysconf(_SC_CLK_TCK);
}

static double own_cpu_s(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void count(struct histogram *histogram, uint64_t ns) {
  uint64_t step = ns / STEP_NS;
  histogram->steps[step < STEPS ? step : STEPS - 1]++;
  histogram->count++;
}

static double percentile_ms(struct histogram *histogram, double share) {
  long wanted = (long)(share * histogram->count), seen = 0;
  for (int step = 0; step < STEPS && histogram->count; step++)
    if ((seen += histogram->steps[step]) > wanted) return step * (STEP_NS / 1e6);
  return 0;
}

struct snapshot { double wall, server, database, own; long deliveries, acks; };

static struct snapshot snapshot(void) {
  return (struct snapshot){now_s(), cpu_s(server_pids, NULL), cpu_s(database_pids, NULL), own_cpu_s(), deliveries, acks};
}

static void report(const char *step, struct snapshot from, struct snapshot to, const char *more, ...) {
  double memory = 0;
  cpu_s(server_pids, &memory);
  printf("{\"step\":\"%s\",\"wall_s\":%.4f,\"server_s\":%.3f,\"database_s\":%.3f,\"own_s\":%.3f,\"deliveries\":%ld,"
         "\"acks\":%ld,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"ack_p50_ms\":%.2f,\"ack_p99_ms\":%.2f,\"memory_kib\":%.0f,"
         "\"disorder\":%ld,\"errors\":%ld,\"failed\":%ld",
         step, to.wall - from.wall, to.server - from.server, to.database - from.database, to.own - from.own,
         to.deliveries - from.deliveries, to.acks - from.acks, percentile_ms(&delivered, .5),
         percentile_ms(&delivered, .99), percentile_ms(&acknowledged, .5), percentile_ms(&acknowledged, .99), memory,
         disorder, errors, failed);
  va_list values;
  va_start(values, more);
  vprintf(more, values);
  va_end(values);
  puts("}");
  fflush(stdout);
}

/* --- what is said -------------------------------------------------------------------------------------------- */

static void complain(const char *what, const uint8_t *text, int length) {
  if (errors++ < 3) fprintf(stderr, "%s: %.*s\n", what, length, text);
}

static void frame(struct seat *seat, int opcode, const char *payload, int length) {
  static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  uint8_t bytes[1024];
  int at = 0;
  bytes[at++] = 0x80 | opcode;
  if (length < 126) bytes[at++] = 0x80 | length;
  else bytes[at++] = 0xfe, bytes[at++] = length >> 8, bytes[at++] = length & 255;
  memcpy(bytes + at, mask, 4);
  at += 4;
  for (int i = 0; i < length; i++) bytes[at + i] = payload[i] ^ mask[i & 3];
  at += length;
  if (send(seat->fd, bytes, at, MSG_NOSIGNAL | MSG_DONTWAIT) != at) complain("not sent", (uint8_t *)"", 0);
}

static void text(struct seat *seat, const char *format, ...) {
  char payload[512];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(payload, sizeof payload, format, values);
  va_end(values);
  frame(seat, 1, payload, length);
}

static uint64_t new_stamp(void) { /* no two messages of one */
  static uint64_t last;
  uint64_t stamp = now_ns();
  return last = stamp > last ? stamp : last + 1;
}

static void say(struct seat *seat, uint64_t stamp) { /* 60 characters, as `dialects.text_of` */
  unsigned long long number = stamp;
  text(seat, "{\"type\":\"chat\",\"roomId\":%s,\"message\":\"~%018llu%s\",\"id\":\"~%018llu\"}", seat->room, number,
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", number);
}

/* --- what is heard ------------------------------------------------------------------------------------------- */

static int starts(const uint8_t *payload, int length, const char *with) {
  int wanted = strlen(with);
  return length >= wanted && !memcmp(payload, with, wanted);
}

static uint64_t number_after(const uint8_t *payload, int length, const char *key) {
  uint8_t *found = memmem(payload, length, key, strlen(key));
  return found ? strtoull((char *)found + strlen(key), NULL, 10) : 0;
}

static void note_complete(struct seat *seat) {
  if (coming_back && !seat->is_complete && seat->state == READY && seat->came >= MISSED) seat->is_complete = 1, complete++;
}

static void take_delivery(struct seat *seat, uint64_t stamp, uint64_t version, uint64_t now) {
  deliveries++;
  if (version != seat->version + 1) disorder++;
  seat->version = version;
  seat->came++;
  note_complete(seat);
  if (is_measuring) count(&delivered, now - stamp);
  for (int i = 0; playing == FAN && i < in_flight_count; i++)
    if (in_flight[i].stamp == stamp) {
      if (--in_flight[i].missing || is_stopping) return;
      in_flight[i].missing = seat_count;
      say(in_flight[i].by, in_flight[i].stamp = new_stamp());
      return;
    }
}

static void take_ack(struct seat *seat, uint64_t stamp, uint64_t now) {
  acks++;
  if (is_measuring) count(&acknowledged, now - stamp);
  if (playing == CONV && !is_stopping) say(seat, new_stamp());
}

static void hear(struct seat *seat, const uint8_t *payload, int length, uint64_t now) {
  if (starts(payload, length, "{\"type\":\"chat\""))
    take_delivery(seat, number_after(payload, length, "\"~"), number_after(payload, length, "\"version\":"), now);
  else if (starts(payload, length, "{\"type\":\"ack\""))
    take_ack(seat, number_after(payload, length, "\"~"), now);
  else if (starts(payload, length, "{\"type\":\"welcome\"")) {
    seat->state = SUBSCRIBING;
    if (coming_back)
      text(seat, "{\"type\":\"subscribe\",\"roomId\":%s,\"since\":%llu}", seat->room, (unsigned long long)seat->version);
    else text(seat, "{\"type\":\"subscribe\",\"roomId\":%s}", seat->room);
  } else if (starts(payload, length, "{\"type\":\"subscribed\"")) {
    if (!coming_back) seat->version = number_after(payload, length, "\"version\":");
    else if (!memmem(payload, length, "\"recovered\":true", 16)) complain("not recovered", payload, length);
    seat->state = READY;
    ready++;
    note_complete(seat);
  } else if (starts(payload, length, "{\"type\":\"error\"")) complain("refused", payload, length);
}

/* --- sockets ------------------------------------------------------------------------------------------------- */

static void lose(struct seat *seat) {
  failed++;
  if (seat->state == READY) ready--;
  seat->state = CLOSED;
  close(seat->fd);
}

static void come(struct seat *seat) {
  int on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT, .data.ptr = seat};
  seat->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(seat->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  seat->state = CONNECTING;
  seat->used = 0;
  if (!seat->buffer) seat->buffer = malloc(seat->size = 4096);
  if (connect(seat->fd, (void *)&address, sizeof address) && errno != EINPROGRESS) perror("connect"), exit(1);
  epoll_ctl(poller, EPOLL_CTL_ADD, seat->fd, &wanted);
}

static void cut(struct seat *seat) {
  struct linger at_once = {1, 0};
  setsockopt(seat->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(seat->fd);
  seat->state = CLOSED;
  ready--;
}

static void shake_hands(struct seat *seat) {
  char request[2048];
  struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = seat};
  int length = snprintf(request, sizeof request,
                        "GET /v2/chat/connect?access=%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n\r\n", seat->token, host);
  seat->state = SHAKING_HANDS;
  epoll_ctl(poller, EPOLL_CTL_MOD, seat->fd, &wanted);
  if (write(seat->fd, request, length) != length) lose(seat);
}

/* The bytes of the frame at `at`, or 0 where more must come. */
static int one_frame(struct seat *seat, int at, uint64_t now) {
  uint8_t *bytes = seat->buffer + at;
  int left = seat->used - at, head = 2;
  if (left < 2) return 0;
  uint64_t length = bytes[1] & 127;
  if (length > 125) {
    head = length == 126 ? 4 : 10;
    if (left < head) return 0;
    length = 0;
    for (int i = 2; i < head; i++) length = length << 8 | bytes[i];
  }
  if ((uint64_t)left < head + length) return 0;
  switch (bytes[0] & 15) {
    case 1: hear(seat, bytes + head, length, now); break;
    case 9: frame(seat, 10, (char *)bytes + head, length); break;
    case 8: complain("closed", bytes + head, length); lose(seat);
  }
  return head + length;
}

static void take(struct seat *seat) {
  if (seat->size - seat->used < 2048) seat->buffer = realloc(seat->buffer, seat->size *= 2);
  int at = 0, length = read(seat->fd, seat->buffer + seat->used, seat->size - seat->used - 1);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) { lose(seat); return; }
  uint64_t now = now_ns();
  seat->buffer[seat->used += length] = 0;
  if (seat->state == SHAKING_HANDS) {
    uint8_t *end = memmem(seat->buffer, seat->used, "\r\n\r\n", 4);
    if (!end) return;
    if (!starts(seat->buffer, seat->used, "HTTP/1.1 101")) { complain("handshake", seat->buffer, seat->used); lose(seat); return; }
    at = end + 4 - seat->buffer;
    seat->state = GREETED;
  }
  for (int bytes; seat->state != CLOSED && (bytes = one_frame(seat, at, now)); at += bytes) {}
  if (at) memmove(seat->buffer, seat->buffer + at, seat->used -= at);
}

static void pump(int ms) {
  struct epoll_event events[1024];
  int count = epoll_wait(poller, events, 1024, ms);
  for (int i = 0; i < count; i++) {
    struct seat *seat = events[i].data.ptr;
    if (seat->state == CONNECTING && events[i].events & EPOLLOUT) shake_hands(seat);
    else if (seat->state > CONNECTING && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take(seat);
    else if (seat->state == CONNECTING) lose(seat);
  }
}

static void pump_for(double seconds) {
  for (double end = now_s() + seconds; now_s() < end;) pump(5);
}

static void drain(void) { /* until nothing came for a while */
  long seen = -1;
  for (double last = now_s(), end = last + 10; now_s() < end && now_s() - last < 0.25; pump(5))
    if (deliveries + acks != seen) seen = deliveries + acks, last = now_s();
}

static void join(int from, int to, int at_once) {
  long before = ready, until = ready + to - from;
  double end = now_s() + 120;
  for (int next = from; ready < until && !failed && now_s() < end; pump(10))
    while (next < to && next - from - (ready - before) < at_once) come(seats + next++);
  if (ready < until) fprintf(stderr, "%ld of %ld sockets did not join\n", until - ready, until - before), exit(1);
}

/* --- steps --------------------------------------------------------------------------------------------------- */

static struct snapshot begin_measuring(void) {
  memset(delivered.steps, 0, STEPS * sizeof(uint32_t));
  memset(acknowledged.steps, 0, STEPS * sizeof(uint32_t));
  delivered.count = acknowledged.count = 0;
  is_measuring = 1;
  return snapshot();
}

static void play_loop(const char *step, int wanted, double seconds) {
  in_flight_count = wanted < MOST_IN_FLIGHT ? wanted : MOST_IN_FLIGHT;
  is_stopping = 0;
  for (int i = 0; i < wanted; i++) {
    struct seat *by = seats + (long)i * seat_count / wanted;
    uint64_t stamp = new_stamp();
    if (playing == FAN) in_flight[i].stamp = stamp, in_flight[i].missing = seat_count, in_flight[i].by = by;
    say(by, stamp);
  }
  pump_for(WARM_S);
  struct snapshot from = begin_measuring();
  pump_for(seconds);
  struct snapshot to = snapshot();
  is_measuring = 0;
  is_stopping = 1;
  drain();
  report(step, from, to, "");
}

static void play_rate(const char *step, double per_second, double seconds) {
  struct snapshot from = {0};
  uint64_t start = now_ns();
  long sent = 0;
  for (double end = now_s() + WARM_S + seconds; now_s() < end; pump(1)) {
    uint64_t now = now_ns(), due;
    if (!is_measuring && now > start + WARM_S * 1e9) from = begin_measuring();
    for (; (due = start + sent * 1e9 / per_second) <= now; sent++) say(seats + sent * 7919 % seat_count, due);
  }
  struct snapshot to = snapshot();
  is_measuring = 0;
  drain();
  report(step, from, to, "");
}

static void play_connect(const char *step) {
  double before = 0, after = 0;
  join(0, AT_ONCE, AT_ONCE); /* what is loaded once is no socket's */
  pump_for(.5);
  cpu_s(server_pids, &before);
  struct snapshot from = snapshot();
  join(AT_ONCE, seat_count, AT_ONCE);
  struct snapshot to = snapshot();
  pump_for(1);
  cpu_s(server_pids, &after);
  report(step, from, to, ",\"joined\":%d,\"grown_kib\":%.0f", seat_count - AT_ONCE, after - before);
}

static void speak(int from, int times) {
  for (; times--;) {
    long wanted = acks + seat_count - from;
    for (int i = from; i < seat_count; i++) say(seats + i, new_stamp());
    for (double end = now_s() + 30; acks < wanted && now_s() < end;) pump(5);
  }
  drain();
}

static void play_storm(const char *step, int speakers) {
  int cut_ones = seat_count - speakers;
  char line[8];
  join(0, seat_count, AT_ONCE);
  speak(cut_ones, 1);
  for (int i = 0; i < cut_ones; i++) cut(seats + i);
  pump_for(1.5);
  speak(cut_ones, MISSED);
  for (int i = 0; i < cut_ones; i++) seats[i].came = 0;
  puts("{\"step\":\"away\"}");
  fflush(stdout);
  if (!fgets(line, sizeof line, stdin)) exit(1);
  coming_back = 1;
  struct snapshot from = snapshot();
  double end = now_s() + 90;
  for (int i = 0; i < cut_ones; i++) come(seats + i);
  while (complete < cut_ones && now_s() < end) {
    pump(10);
    for (int i = 0; i < cut_ones; i++) if (seats[i].state == CLOSED) come(seats + i); /* who was refused comes again */
  }
  report(step, from, snapshot(), ",\"back\":%d,\"complete\":%ld", cut_ones, complete);
}

static void play(const char *step) {
  char kind[16] = "";
  double first = 0, seconds = 0;
  sscanf(step, "%15[a-z]:%lf:%lf", kind, &first, &seconds);
  playing = !strcmp(kind, "fan") ? FAN : !strcmp(kind, "conv") ? CONV : OTHER;
  if (!strcmp(kind, "connect")) { play_connect(step); return; }
  if (!strcmp(kind, "storm")) { play_storm(step, (int)first); return; }
  if (playing == FAN && first > MOST_IN_FLIGHT) fprintf(stderr, "at most %d in flight\n", MOST_IN_FLIGHT), exit(2);
  if (!ready) join(0, seat_count, AT_ONCE), pump_for(.5);
  if (playing != OTHER) play_loop(step, (int)first, seconds);
  else if (!strcmp(kind, "rate")) play_rate(step, first, seconds);
  else fprintf(stderr, "no such step: %s\n", step), exit(2);
}

int main(int count, char **arguments) {
  char *line = NULL;
  size_t size = 0;
  if (count < 7) { fprintf(stderr, "load PORT HOST SEATS SERVER_PIDS DATABASE_PIDS STEP...\n"); return 2; }
  port = atoi(arguments[1]), host = arguments[2], server_pids = arguments[4], database_pids = arguments[5];
  FILE *file = fopen(arguments[3], "r");
  if (!file) { perror(arguments[3]); return 2; }
  for (int room_for = 0; getline(&line, &size, file) > 0; seat_count++) {
    if (seat_count == room_for) seats = realloc(seats, (room_for = room_for ? 2 * room_for : 1024) * sizeof *seats);
    char *copy = strdup(line);
    seats[seat_count] = (struct seat){.room = strtok(copy, "\t"), .token = strtok(NULL, "\n")};
  }
  poller = epoll_create1(0);
  delivered.steps = calloc(STEPS, sizeof(uint32_t));
  acknowledged.steps = calloc(STEPS, sizeof(uint32_t));
  for (int i = 6; i < count; i++) play(arguments[i]);
  return 0;
}
