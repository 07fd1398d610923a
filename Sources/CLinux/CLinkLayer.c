// What a raw socket does not say of an OSPF packet: which station of the link has sent it.
#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IPV4_HEADER = 20, IPV4_PROTOCOL = 9, IPV6_HEADER = 40, IPV6_NEXT_HEADER = 6, OSPF = 89 };

int clinux_open_link_layer_watch(int family, uint32_t interface_index) {
    // Nothing but the header is kept of a packet, and nothing at all of one of another protocol.
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, family == AF_INET ? IPV4_PROTOCOL : IPV6_NEXT_HEADER),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OSPF, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, family == AF_INET ? IPV4_HEADER : IPV6_HEADER),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {sizeof instructions / sizeof instructions[0], instructions};
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(family == AF_INET ? ETH_P_IP : ETH_P_IPV6),
        .sll_ifindex = (int)interface_index,
    };
    // A flood is a sample: what does not fit is not looked at.
    int octets = 32 << 10;

    // Without a protocol nothing arrives before the filter is there.
    int descriptor = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    if (setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ||
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets) < 0 ||
        bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = -errno;
        close(descriptor);
        return error;
    }
    return descriptor;
}

static uint64_t read_big_endian(const uint8_t *octets, size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) value = value << 8 | octets[i];
    return value;
}

int clinux_next_link_layer_source(int descriptor, int family, struct clinux_link_layer_source *source) {
    for (;;) {
        uint8_t header[IPV6_HEADER];
        struct sockaddr_ll from = {0};
        socklen_t length = sizeof from;
        ssize_t count = recvfrom(descriptor, header, sizeof header, 0, (struct sockaddr *)&from, &length);
        if (count < 0 && errno == EINTR) continue;
        // The device went down; what comes when it is up again arrives here too.
        if (count < 0 && errno == ENETDOWN) continue;
        if (count < 0) return errno == EAGAIN ? 0 : -errno;
        if (from.sll_halen != ETH_ALEN || from.sll_pkttype == PACKET_OUTGOING || from.sll_pkttype == PACKET_OTHERHOST) continue;
        if (count < (family == AF_INET ? IPV4_HEADER : IPV6_HEADER)) continue;
        source->hardware = read_big_endian(from.sll_addr, ETH_ALEN);
        source->address_high = family == AF_INET ? 0 : read_big_endian(header + 8, 8);
        source->address_low = family == AF_INET ? read_big_endian(header + 12, 4) : read_big_endian(header + 16, 8);
        return 1;
    }
}
