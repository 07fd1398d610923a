#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// RFC 5881 section 4: the port of Control packets over a single hop.
enum { BFD_PORT = 3784 };
// Precedence internetwork control, which is also DSCP CS6, as for OSPF.
enum { INTERNETWORK_CONTROL = 0xC0 };

static int set(int descriptor, int level, int option, int value) {
    return setsockopt(descriptor, level, option, &value, sizeof value) < 0 ? -errno : 0;
}

static int closed_with(int descriptor, int code) {
    close(descriptor);
    return code;
}

static struct in6_addr ipv6_address(uint64_t high, uint64_t low) {
    uint64_t halves[2] = {htobe64(high), htobe64(low)};
    struct in6_addr address;
    memcpy(&address, halves, sizeof address);
    return address;
}

// Builds the address of one end of a session. Returns its length.
static socklen_t socket_address(struct sockaddr_storage *storage, int family, uint32_t interface_index, uint64_t high, uint64_t low,
                                uint16_t port) {
    memset(storage, 0, sizeof *storage);
    if (family == AF_INET) {
        struct sockaddr_in *address = (struct sockaddr_in *)storage;
        address->sin_family = AF_INET;
        address->sin_port = htons(port);
        address->sin_addr.s_addr = htonl((uint32_t)low);
        return sizeof *address;
    }
    struct sockaddr_in6 *address = (struct sockaddr_in6 *)storage;
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(port);
    address->sin6_addr = ipv6_address(high, low);
    if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) address->sin6_scope_id = interface_index;
    return sizeof *address;
}

int clinux_open_bfd_receiver(int family) {
    int descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
    if (descriptor < 0) return -errno;
    int code = set(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    if (code == 0 && family == AF_INET) {
        code = set(descriptor, IPPROTO_IP, IP_PKTINFO, 1);
        if (code == 0) code = set(descriptor, IPPROTO_IP, IP_RECVTTL, 1);
    } else if (code == 0) {
        code = set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        if (code == 0) code = set(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        if (code == 0) code = set(descriptor, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    }
    struct sockaddr_storage address;
    socklen_t length = socket_address(&address, family, 0, 0, 0, BFD_PORT);
    if (code == 0 && bind(descriptor, (struct sockaddr *)&address, length) < 0) code = -errno;
    return code == 0 ? descriptor : closed_with(descriptor, code);
}

static int64_t nanoseconds(const struct timespec *time) { return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec; }

// What the control messages say.
static void read_control(struct msghdr *header, const struct timespec *now, struct clinux_bfd_packet *packet) {
    for (struct cmsghdr *message = CMSG_FIRSTHDR(header); message != NULL; message = CMSG_NXTHDR(header, message)) {
        const void *data = CMSG_DATA(message);
        if (message->cmsg_level == SOL_SOCKET && message->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec arrival;
            memcpy(&arrival, data, sizeof arrival);
            packet->age_ns = nanoseconds(now) - nanoseconds(&arrival);
        } else if (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_TTL) {
            int ttl;
            memcpy(&ttl, data, sizeof ttl);
            packet->ttl = (uint8_t)ttl;
        } else if (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo information;
            memcpy(&information, data, sizeof information);
            packet->interface_index = (uint32_t)information.ipi_ifindex;
            packet->destination_low = ntohl(information.ipi_addr.s_addr);
        } else if (message->cmsg_level == IPPROTO_IPV6 && message->cmsg_type == IPV6_HOPLIMIT) {
            int hops;
            memcpy(&hops, data, sizeof hops);
            packet->ttl = (uint8_t)hops;
        } else if (message->cmsg_level == IPPROTO_IPV6 && message->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo information;
            memcpy(&information, data, sizeof information);
            uint64_t halves[2];
            memcpy(halves, &information.ipi6_addr, sizeof halves);
            packet->interface_index = information.ipi6_ifindex;
            packet->destination_high = be64toh(halves[0]);
            packet->destination_low = be64toh(halves[1]);
        }
    }
}

static void read_source(const struct sockaddr_storage *storage, struct clinux_bfd_packet *packet) {
    if (storage->ss_family == AF_INET) {
        packet->source_low = ntohl(((const struct sockaddr_in *)storage)->sin_addr.s_addr);
    } else if (storage->ss_family == AF_INET6) {
        uint64_t halves[2];
        memcpy(halves, &((const struct sockaddr_in6 *)storage)->sin6_addr, sizeof halves);
        packet->source_high = be64toh(halves[0]);
        packet->source_low = be64toh(halves[1]);
    }
}

int clinux_bfd_receive(int descriptor, struct clinux_bfd_packet *packets) {
    union {
        struct cmsghdr header;
        uint8_t octets[256];
    } control[CLINUX_BFD_BATCH];
    struct sockaddr_storage sources[CLINUX_BFD_BATCH];
    struct iovec payloads[CLINUX_BFD_BATCH];
    struct mmsghdr messages[CLINUX_BFD_BATCH];
    for (size_t i = 0; i < CLINUX_BFD_BATCH; i++) {
        payloads[i] = (struct iovec){packets[i].octets, CLINUX_BFD_OCTETS};
        messages[i] = (struct mmsghdr){.msg_hdr = {
                                           .msg_name = &sources[i],
                                           .msg_namelen = sizeof sources[i],
                                           .msg_iov = &payloads[i],
                                           .msg_iovlen = 1,
                                           .msg_control = &control[i],
                                           .msg_controllen = sizeof control[i],
                                       }};
    }
    int count;
    do {
        count = recvmmsg(descriptor, messages, CLINUX_BFD_BATCH, MSG_DONTWAIT, NULL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return errno == EAGAIN ? 0 : -errno;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (int i = 0; i < count; i++) {
        struct clinux_bfd_packet *packet = &packets[i];
        packet->length = messages[i].msg_len;
        packet->interface_index = 0;
        packet->source_high = packet->source_low = packet->destination_high = packet->destination_low = 0;
        packet->age_ns = 0;
        packet->ttl = 0;
        read_source(&sources[i], packet);
        read_control(&messages[i].msg_hdr, &now, packet);
    }
    return count;
}

int clinux_open_bfd_sender(int family, uint32_t interface_index, uint64_t source_high, uint64_t source_low, uint16_t source_port) {
    int descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
    if (descriptor < 0) return -errno;
    int code = set(descriptor, SOL_SOCKET, SO_BINDTOIFINDEX, (int)interface_index);
    if (code == 0 && family == AF_INET) {
        code = set(descriptor, IPPROTO_IP, IP_TTL, 255);
        if (code == 0) code = set(descriptor, IPPROTO_IP, IP_TOS, INTERNETWORK_CONTROL);
    } else if (code == 0) {
        code = set(descriptor, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255);
        if (code == 0) code = set(descriptor, IPPROTO_IPV6, IPV6_TCLASS, INTERNETWORK_CONTROL);
    }
    // Higher ones need CAP_NET_ADMIN. After the type of service, which sets a priority of its own.
    if (code == 0) code = set(descriptor, SOL_SOCKET, SO_PRIORITY, 6);
    // Nothing is received here; what comes all the same is to fill no memory.
    if (code == 0) code = set(descriptor, SOL_SOCKET, SO_RCVBUF, 1);
    struct sockaddr_storage address;
    socklen_t length = socket_address(&address, family, interface_index, source_high, source_low, source_port);
    if (code == 0 && bind(descriptor, (struct sockaddr *)&address, length) < 0) code = -errno;
    return code == 0 ? descriptor : closed_with(descriptor, code);
}

int clinux_bfd_send(int descriptor, int family, uint32_t interface_index, uint64_t destination_high, uint64_t destination_low,
                    const uint8_t *octets, size_t length) {
    struct sockaddr_storage address;
    socklen_t address_length =
        socket_address(&address, family, interface_index, destination_high, destination_low, BFD_PORT);
    ssize_t sent;
    do {
        sent = sendto(descriptor, octets, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, address_length);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

enum { MOST_DESCRIPTORS = 8 };

int clinux_wait_readable(const int *descriptors, size_t count, int64_t nanoseconds, uint32_t *readable) {
    *readable = 0;
    if (count > MOST_DESCRIPTORS) return -EINVAL;
    struct pollfd polled[MOST_DESCRIPTORS];
    for (size_t i = 0; i < count; i++) polled[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int ready = ppoll(polled, count, nanoseconds < 0 ? NULL : &timeout, NULL);
    if (ready < 0) return errno == EINTR ? 0 : -errno;
    for (size_t i = 0; i < count; i++) {
        if (polled[i].revents != 0) *readable |= 1u << i;
    }
    return 0;
}

int clinux_become_real_time(int priority, const char *name) {
    pthread_setname_np(pthread_self(), name);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    struct sched_param parameters = {.sched_priority = priority};
    // What this thread starts is not to inherit the priority.
    return -pthread_setschedparam(pthread_self(), SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters);
}

int clinux_lock_memory(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0) return -errno;
    // Below a limit, memory that is locked as it comes makes allocations fail when the limit is reached.
    if (limit.rlim_cur != RLIM_INFINITY && geteuid() != 0) return -EPERM;
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0 ? -errno : 0;
}
