/* slow_wire IF_A IF_B DELAY_US JITTER_US LOSS_PER_10000 SEED
 *
 * A cable between two network interfaces that takes its time and loses TCP packets: what `tc netem` does, for
 * kernels without it. Frames keep their order. Only TCP is lost, so that neighbours are always found.
 *
 * Frames are read and written together with their virtio header: between virtual interfaces the kernel leaves
 * checksums open and packets unsplit, and the header says so; without it every forwarded packet would be damaged.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_MOST = 70000, WAITING_MOST = 400000, TURN = 128 };

struct frame {
    struct frame *next;
    uint64_t due;
    size_t size;
    unsigned char bytes[];
};

struct way {
    int from, to;
    struct frame *first, **end;
    size_t waiting;
    uint64_t last_due;
};

static uint64_t dice;

static uint64_t roll(void) { /* xorshift64*, enough for chance */
    dice ^= dice >> 12, dice ^= dice << 25, dice ^= dice >> 27;
    return dice * 0x2545f4914f6cdd1dull >> 16;
}

static uint64_t clock_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static void fail(const char *what) {
    fprintf(stderr, "slow_wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int plug(const char *interface) {
    int yes = 1, room = 64 << 20;
    int s = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
    if (s < 0) fail("open packet socket");
    if (setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &yes, sizeof yes)) fail("ask for virtio headers");
    if (setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes)) fail("ignore our own frames");
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    at.sll_ifindex = (int)if_nametoindex(interface);
    if (!at.sll_ifindex || bind(s, (struct sockaddr *)&at, sizeof at)) fail(interface);
    return s;
}

static int is_tcp(const unsigned char *f, size_t size) {
    if (size < 14 + 20) return 0;
    unsigned type = (unsigned)f[12] << 8 | f[13];
    return (type == ETH_P_IP && f[14 + 9] == 6) || (type == ETH_P_IPV6 && f[14 + 6] == 6);
}

static void take(struct way *w, uint64_t delay, uint64_t jitter, uint64_t loss) {
    static unsigned char buffer[FRAME_MOST];
    const size_t head = sizeof(struct virtio_net_hdr);
    for (int i = 0; i < TURN; i++) {
        ssize_t got = recv(w->from, buffer, sizeof buffer, 0);
        if (got <= (ssize_t)head) return;
        if (is_tcp(buffer + head, (size_t)got - head) && roll() % 10000 < loss) continue;
        if (w->waiting >= WAITING_MOST) continue;
        struct frame *f = malloc(sizeof *f + (size_t)got);
        if (!f) fail("keep a frame");
        uint64_t due = clock_us() + delay + (jitter ? roll() % (2 * jitter + 1) : jitter) - jitter;
        if (due < w->last_due) due = w->last_due;
        w->last_due = due;
        *f = (struct frame){.due = due, .size = (size_t)got};
        memcpy(f->bytes, buffer, (size_t)got);
        *w->end = f, w->end = &f->next, w->waiting++;
    }
}

static void give(struct way *w, uint64_t now) {
    while (w->first && w->first->due <= now) {
        struct frame *f = w->first;
        if (send(w->to, f->bytes, f->size, 0) < 0 && (errno == EAGAIN || errno == ENOBUFS)) return;
        w->first = f->next, w->waiting--;
        if (!w->first) w->end = &w->first;
        free(f);
    }
}

int main(int count, char **word) {
    if (count != 7) return fprintf(stderr, "see the head of slow_wire.c\n"), 2;
    int a = plug(word[1]), b = plug(word[2]);
    uint64_t delay = strtoull(word[3], 0, 10), jitter = strtoull(word[4], 0, 10), loss = strtoull(word[5], 0, 10);
    dice = strtoull(word[6], 0, 10) | 1;
    if (jitter > delay) jitter = delay;
    struct way way[2] = {{.from = a, .to = b}, {.from = b, .to = a}};
    for (int i = 0; i < 2; i++) way[i].end = &way[i].first;
    puts("ready"), fflush(stdout);
    for (;;) {
        uint64_t now = clock_us(), next = now + 1000000;
        for (int i = 0; i < 2; i++) {
            give(&way[i], now);
            if (way[i].first && way[i].first->due < next) next = way[i].first->due > now ? way[i].first->due : now + 50;
        }
        struct timespec wait = {.tv_sec = (time_t)((next - now) / 1000000), .tv_nsec = (long)((next - now) % 1000000) * 1000};
        struct pollfd ready[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
        if (ppoll(ready, 2, &wait, 0) < 0 && errno != EINTR) fail("wait");
        for (int i = 0; i < 2; i++)
            if (ready[i].revents & POLLIN) take(&way[i], delay, jitter, loss);
    }
}
