/*
 * An SNMP agent for the benchmark: one process that is every switch of 127.0.0.0/8.
 *
 * It answers SNMPv1 and v2c GET, GETNEXT and GETBULK, community "public". Which device was asked is told by the
 * destination address (IP_PKTINFO); the reply leaves from that address. All devices have the same ports and counters;
 * sysName alone differs. It is made to cost little, so that what is measured is the poller beside it.
 *
 *   agent [-p port] [-i interfaces] [-m most bytes a response] [-d delay ms] [-l loss %] [-D every nth device is dead]
 *         [-t threads]
 *
 * It writes one line of JSON when it is ready and another when SIGTERM or SIGINT ends it.
 */
#define _GNU_SOURCE
#include "objects.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_NAMES = 128, BATCH = 64, MOST_REQUEST = 4096 };
enum { HEADROOM = 64, OVERHEAD = 46, MOST_THREADS = 16 }; /* for what stands before the variable bindings */
enum { SOCKET_BUFFER = 64 << 20, IDLE_MS = 200 };
enum { NO_SUCH_INSTANCE = 0x81, END_OF_VIEW = 0x82 };
enum { GET = 0xA0, GET_NEXT = 0xA1, RESPONSE = 0xA2, GET_BULK = 0xA5 };
enum { V1 = 0, V2C = 1, TOO_BIG = 1, NO_SUCH_NAME = 2 };

static struct {
    int port, interfaces, most_bytes, delay_ms, dead, threads;
    double loss;
} options = {.port = 10161, .interfaces = 52, .most_bytes = 1472, .threads = 1};

static volatile sig_atomic_t stopped;
static uint64_t started_us;
static struct {
    uint64_t requests, responses, dropped;
} counted; /* added up by the threads with atomic operations, once a batch */

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}

/* ---- Reading a request ---- */

struct span {
    const uint8_t *at, *end;
};

struct asked { /* one name of the request, and for GETBULK where its walk stands */
    uint32_t arcs[MOST_ARCS];
    int arc_count;
    const uint8_t *name;
    int name_length, position;
};

struct request {
    int version, pdu, non_repeaters, repetitions, count;
    struct span community, id, bindings;
    struct asked asked[MOST_NAMES];
};

/* Takes one element off `from`; gives its tag, or -1 where there is no whole one. */
static int take(struct span *from, struct span *content)
{
    if (from->end - from->at < 2)
        return -1;
    int tag = *from->at++, bytes;
    size_t length = *from->at++;
    if (length & 0x80) {
        bytes = length & 0x7f;
        if (bytes > 3 || from->end - from->at < bytes)
            return -1;
        for (length = 0; bytes; bytes--)
            length = length << 8 | *from->at++;
    }
    if ((size_t)(from->end - from->at) < length)
        return -1;
    *content = (struct span){from->at, from->at + length};
    from->at += length;
    return tag;
}

static int take_integer(struct span *from, int *number)
{
    struct span content;
    if (take(from, &content) != INTEGER || content.at == content.end)
        return 0;
    *number = *content.at & 0x80 ? -1 : 0;
    while (content.at < content.end)
        *number = (int)((unsigned)*number << 8 | *content.at++);
    return 1;
}

static int take_name(struct span *from, struct asked *asked)
{
    struct span binding, name, value;
    if (take(from, &binding) != SEQUENCE || take(&binding, &name) != OID || take(&binding, &value) < 0 ||
        name.at == name.end)
        return 0;
    asked->name = name.at;
    asked->name_length = name.end - name.at;
    asked->arcs[0] = *name.at / 40;
    asked->arcs[1] = *name.at++ % 40;
    asked->arc_count = 2;
    while (name.at < name.end) {
        if (asked->arc_count == MOST_ARCS)
            return 0;
        uint32_t arc = 0;
        do
            arc = arc << 7 | (*name.at & 0x7f);
        while (*name.at++ & 0x80 && name.at < name.end);
        asked->arcs[asked->arc_count++] = arc;
    }
    return asked->name_length < 0x80;
}

static int read_request(const uint8_t *bytes, int length, struct request *request)
{
    struct span all = {bytes, bytes + length}, message, pdu;
    if (take(&all, &message) != SEQUENCE || !take_integer(&message, &request->version) || request->version < V1 ||
        request->version > V2C || take(&message, &request->community) != OCTETS)
        return 0;
    if (request->community.end - request->community.at != 6 || memcmp(request->community.at, "public", 6))
        return 0;
    request->pdu = take(&message, &pdu);
    if (request->pdu != GET && request->pdu != GET_NEXT && (request->pdu != GET_BULK || request->version == V1))
        return 0;
    if (take(&pdu, &request->id) != INTEGER || !take_integer(&pdu, &request->non_repeaters) ||
        !take_integer(&pdu, &request->repetitions) || take(&pdu, &request->bindings) != SEQUENCE)
        return 0;
    struct span rest = request->bindings;
    for (request->count = 0; rest.at < rest.end; request->count++)
        if (request->count == MOST_NAMES || !take_name(&rest, &request->asked[request->count]))
            return 0;
    return 1;
}

/* ---- Writing a response ---- */

struct answer { /* the variable bindings being written, of one device at one time */
    uint8_t *start, *at, *end;
    uint32_t device;
    uint64_t elapsed_ms;
    int status, index;
};

static int put(struct answer *answer, const uint8_t *name, int name_length, uint8_t tag, const void *value, int length)
{
    int inner = 4 + name_length + length; /* names and values are short: their lengths take a byte each */
    if (answer->end - answer->at < inner + 3)
        return 0;
    uint8_t *at = answer->at;
    *at++ = SEQUENCE;
    if (inner >= 0x80)
        *at++ = 0x81;
    *at++ = inner;
    *at++ = OID;
    *at++ = name_length;
    at = (uint8_t *)memcpy(at, name, name_length) + name_length;
    *at++ = tag;
    *at++ = length;
    answer->at = (uint8_t *)memcpy(at, value, length) + length;
    return 1;
}

static int put_number(struct answer *answer, const struct object *object)
{
    uint64_t number = object->base + answer->elapsed_ms * object->per_second / 1000;
    uint8_t value[9], *at = value;
    int bytes = 1;
    if (object->tag != COUNTER64)
        number = (uint32_t)number;
    while (bytes < 8 && number >> (8 * bytes))
        bytes++;
    if (number >> (8 * bytes - 1) & 1) /* else it would read as negative */
        *at++ = 0;
    while (bytes--)
        *at++ = number >> (8 * bytes);
    return put(answer, object->name, object->name_length, object->tag, value, at - value);
}

static int put_object(struct answer *answer, const struct object *object)
{
    char name[16];
    if (object->is_device_name)
        return put(answer, object->name, object->name_length, OCTETS, name,
                   snprintf(name, sizeof name, "sw-%08x", answer->device));
    if (object->tag == OCTETS || object->tag == OID)
        return put(answer, object->name, object->name_length, object->tag, object->text, object->text_length);
    return put_number(answer, object);
}

static void answer_each(struct answer *answer, const struct request *request)
{
    for (int i = 0; i < request->count && !answer->status; i++) {
        const struct asked *asked = &request->asked[i];
        int next = request->pdu == GET_NEXT, position = find_object(asked->arcs, asked->arc_count, next), fits;
        while (next && request->version == V1 && position < object_count && objects[position].tag == COUNTER64)
            position++; /* RFC 3584 §4.2.2.1: v1 doesn't see them */
        const struct object *object = position < object_count ? &objects[position] : NULL;
        if (object && !next && (!is_named(object, asked->arcs, asked->arc_count) ||
                                (request->version == V1 && object->tag == COUNTER64)))
            object = NULL;
        if (object)
            fits = put_object(answer, object);
        else if (request->version == V1)
            fits = 1, answer->status = NO_SUCH_NAME, answer->index = i + 1;
        else
            fits = put(answer, asked->name, asked->name_length, next ? END_OF_VIEW : NO_SUCH_INSTANCE, "", 0);
        if (!fits)
            answer->status = TOO_BIG;
    }
}

/* One object further; past the last one, endOfMibView at the name that the walk stood at (RFC 3416 §4.2.3). */
static int put_next(struct answer *answer, struct asked *asked)
{
    if (asked->position == object_count)
        return put(answer, asked->name, asked->name_length, END_OF_VIEW, "", 0);
    const struct object *object = &objects[asked->position++];
    asked->name = object->name;
    asked->name_length = object->name_length;
    return put_object(answer, object);
}

static void answer_bulk(struct answer *answer, struct request *request)
{
    int single = request->non_repeaters < 0 ? 0 : request->non_repeaters, fits = 1;
    if (single > request->count)
        single = request->count;
    for (int i = 0; i < request->count; i++)
        request->asked[i].position = find_object(request->asked[i].arcs, request->asked[i].arc_count, 1);
    for (int i = 0; i < single && fits; i++)
        fits = put_next(answer, &request->asked[i]);
    for (int row = 0, more = single < request->count; row < request->repetitions && fits && more; row++) {
        more = 0;
        for (int i = single; i < request->count && fits; i++) {
            more |= request->asked[i].position < object_count;
            fits = put_next(answer, &request->asked[i]);
        }
    }
    if (!fits && answer->at == answer->start)
        answer->status = TOO_BIG;
}

static uint8_t *put_before(uint8_t *at, uint8_t tag, const void *bytes, int length, int content_length)
{
    at -= length;
    memmove(at, bytes, length);
    *--at = content_length;
    if (content_length >= 0x100) {
        *--at = content_length >> 8;
        *--at = 0x82;
    } else if (content_length >= 0x80)
        *--at = 0x81;
    *--at = tag;
    return at;
}

/* Writes the response into `buffer`, of most_bytes + HEADROOM; gives its start and sets its length. */
static uint8_t *respond(struct request *request, uint8_t *buffer, uint32_t device, uint64_t now, int *length)
{
    uint8_t *body = buffer + HEADROOM, version = request->version;
    struct answer answer = {body, body, body + options.most_bytes - OVERHEAD, device, (now - started_us) / 1000, 0, 0};
    if (request->pdu == GET_BULK)
        answer_bulk(&answer, request);
    else
        answer_each(&answer, request);
    if (answer.status) { /* RFC 3416 §4.2.1: the bindings as they came, none with tooBig */
        int kept = answer.status == TOO_BIG ? 0 : request->bindings.end - request->bindings.at;
        answer.at = (uint8_t *)memcpy(body, request->bindings.at, kept) + kept;
    }
    uint8_t status = answer.status, index = answer.index;
    int id = request->id.end - request->id.at, community = request->community.end - request->community.at;
    uint8_t *at = put_before(body, SEQUENCE, "", 0, answer.at - body);
    at = put_before(at, INTEGER, &index, 1, 1);
    at = put_before(at, INTEGER, &status, 1, 1);
    at = put_before(at, INTEGER, request->id.at, id, id);
    at = put_before(at, RESPONSE, "", 0, answer.at - at);
    at = put_before(at, OCTETS, request->community.at, community, community);
    at = put_before(at, INTEGER, &version, 1, 1);
    at = put_before(at, SEQUENCE, "", 0, answer.at - at);
    *length = answer.at - at;
    return at;
}

/* ---- Datagrams in and out ---- */

struct reply {
    struct reply *next;
    uint64_t due_us;
    struct sockaddr_in to;
    struct in_addr from;
    uint8_t *start;
    int length;
    uint8_t buffer[];
};

struct worker {
    int socket;
    unsigned seed;
    struct reply *first, *last, *spare; /* replies by due time: all wait equally long; and used ones */
    struct request request;
};

struct control { /* room for one in_pktinfo, aligned as the kernel wants it */
    _Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

static int open_socket(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1, size = SOCKET_BUFFER;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options.port)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) {
        perror("agent: bind");
        exit(1);
    }
    return fd;
}

static void send_due(struct worker *worker, uint64_t now)
{
    while (worker->first && worker->first->due_us <= now) {
        struct mmsghdr messages[BATCH] = {0};
        struct iovec parts[BATCH];
        struct control controls[BATCH] = {0};
        int count = 0, sent = 0;
        for (struct reply *reply = worker->first; reply && reply->due_us <= now && count < BATCH; count++) {
            parts[count] = (struct iovec){reply->start, reply->length};
            messages[count].msg_hdr = (struct msghdr){&reply->to, sizeof reply->to, &parts[count], 1,
                                                      &controls[count], sizeof controls[count], 0};
            struct cmsghdr *header = CMSG_FIRSTHDR(&messages[count].msg_hdr);
            header->cmsg_level = IPPROTO_IP;
            header->cmsg_type = IP_PKTINFO;
            header->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
            ((struct in_pktinfo *)CMSG_DATA(header))->ipi_spec_dst = reply->from;
            reply = reply->next;
        }
        while (sent < count) { /* one that can't be sent is lost, as on any network */
            int done = sendmmsg(worker->socket, messages + sent, count - sent, 0);
            sent += done > 0 ? done : 1;
        }
        while (count--) {
            struct reply *done = worker->first;
            worker->first = done->next;
            done->next = worker->spare;
            worker->spare = done;
        }
    }
}

static int is_lost(struct worker *worker, uint32_t device)
{
    return device >> 24 != 127 || (options.dead && device % options.dead == 0) ||
           (options.loss > 0 && rand_r(&worker->seed) < options.loss / 100 * RAND_MAX);
}

static int take_datagram(struct worker *worker, struct msghdr *message, int length, uint64_t now)
{
    struct in_addr destination = {0};
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header && header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO)
        destination = ((struct in_pktinfo *)CMSG_DATA(header))->ipi_addr;
    uint32_t device = ntohl(destination.s_addr);
    if (is_lost(worker, device) || !read_request(message->msg_iov->iov_base, length, &worker->request))
        return 0;
    struct reply *reply = worker->spare;
    if (reply)
        worker->spare = reply->next;
    else
        reply = malloc(sizeof *reply + HEADROOM + options.most_bytes + MOST_REQUEST);
    reply->next = NULL;
    reply->due_us = now + options.delay_ms * 1000ull;
    reply->to = *(struct sockaddr_in *)message->msg_name;
    reply->from = destination;
    reply->start = respond(&worker->request, reply->buffer, device, now, &reply->length);
    *(worker->first ? &worker->last->next : &worker->first) = reply;
    worker->last = reply;
    return 1;
}

static void *work(void *number)
{
    struct worker *worker = calloc(1, sizeof *worker);
    uint8_t(*bytes)[MOST_REQUEST] = malloc(BATCH * MOST_REQUEST);
    worker->socket = open_socket();
    worker->seed = 1 + (uintptr_t)number; /* the same losses in every run */
    while (!stopped) {
        struct mmsghdr messages[BATCH];
        struct iovec parts[BATCH];
        struct sockaddr_in senders[BATCH];
        struct control controls[BATCH];
        for (int i = 0; i < BATCH; i++) {
            parts[i] = (struct iovec){bytes[i], MOST_REQUEST};
            messages[i].msg_hdr =
                (struct msghdr){&senders[i], sizeof senders[i], &parts[i], 1, &controls[i], sizeof controls[i], 0};
        }
        int received = recvmmsg(worker->socket, messages, BATCH, MSG_DONTWAIT, NULL), answered = 0;
        uint64_t now = now_us();
        for (int i = 0; i < received; i++)
            answered += take_datagram(worker, &messages[i].msg_hdr, messages[i].msg_len, now);
        send_due(worker, now);
        if (received > 0) {
            __atomic_fetch_add(&counted.requests, received, __ATOMIC_RELAXED);
            __atomic_fetch_add(&counted.responses, answered, __ATOMIC_RELAXED);
            __atomic_fetch_add(&counted.dropped, received - answered, __ATOMIC_RELAXED);
        } else {
            struct pollfd readable = {worker->socket, POLLIN, 0};
            poll(&readable, 1, worker->first ? 1 : IDLE_MS);
        }
    }
    return NULL;
}

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static void read_options(int count, char **words)
{
    for (int option; (option = getopt(count, words, "p:i:m:d:l:D:t:")) > 0;)
        switch (option) {
        case 'p': options.port = atoi(optarg); break;
        case 'i': options.interfaces = atoi(optarg); break;
        case 'm': options.most_bytes = atoi(optarg); break;
        case 'd': options.delay_ms = atoi(optarg); break;
        case 'l': options.loss = atof(optarg); break;
        case 'D': options.dead = atoi(optarg); break;
        case 't': options.threads = atoi(optarg); break;
        default: exit(2);
        }
    if (options.most_bytes < 256 || options.most_bytes > 65000 || options.threads < 1 ||
        options.threads > MOST_THREADS) {
        fprintf(stderr, "agent: -m takes 256 to 65000 bytes, -t 1 to %d threads\n", MOST_THREADS);
        exit(2);
    }
}

int main(int count, char **words)
{
    pthread_t threads[MOST_THREADS];
    struct rusage used;
    read_options(count, words);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    started_us = now_us();
    build_objects(options.interfaces);
    for (int i = 0; i < options.threads; i++)
        pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i);
    printf("{\"port\": %d, \"objects\": %d}\n", options.port, object_count);
    fflush(stdout);
    for (int i = 0; i < options.threads; i++)
        pthread_join(threads[i], NULL);
    getrusage(RUSAGE_SELF, &used);
    printf("{\"requests\": %lu, \"responses\": %lu, \"dropped\": %lu, \"cpu_seconds\": %.3f}\n", counted.requests,
           counted.responses, counted.dropped,
           used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    return 0;
}
