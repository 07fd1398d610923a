#define _GNU_SOURCE
#include "CLinux.h"

#include <malloc.h>
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { OSPF_PROTOCOL = 89 };

const char *clinux_error_name(int code) {
    const char *name = strerrorname_np(code);
    return name ? name : "unknown";
}

const char *clinux_error_description(int code) {
    const char *description = strerrordesc_np(code);
    return description ? description : "unknown error";
}

static int descriptor_or_error(int descriptor) { return descriptor < 0 ? -errno : descriptor; }

int clinux_open_ospf_socket(int family) {
    return descriptor_or_error(socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, OSPF_PROTOCOL));
}

int clinux_open_icmp_socket(int family, int *is_raw) {
    int protocol = family == AF_INET ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6;
    int descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    *is_raw = descriptor < 0;
    return descriptor < 0 ? descriptor_or_error(socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)) : descriptor;
}

int clinux_duplicate(int descriptor) { return descriptor_or_error(fcntl(descriptor, F_DUPFD_CLOEXEC, 0)); }

int clinux_open_event(void) { return descriptor_or_error(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void clinux_signal_event(int descriptor) {
    // Fails only when it was signalled 2^64 - 2 times before, and is readable then.
    eventfd_write(descriptor, 1);
}

void clinux_clear_event(int descriptor) {
    eventfd_t count;
    // Fails only when it was not signalled.
    eventfd_read(descriptor, &count);
}

// What sendmmsg needs for one packet.
struct envelope {
    struct iovec payload;
    union {
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } destination;
    union {
        struct cmsghdr header;
        uint8_t v4[CMSG_SPACE(sizeof(struct in_pktinfo))];
        uint8_t v6[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    } control;
};

static struct in6_addr ipv6_address(uint64_t high, uint64_t low) {
    uint64_t halves[2] = {htobe64(high), htobe64(low)};
    struct in6_addr address;
    memcpy(&address, halves, sizeof address);
    return address;
}

static void address_ipv4(struct envelope *envelope, struct msghdr *header, uint32_t interface_index,
                         const struct clinux_packet *packet) {
    envelope->destination.v4 = (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl((uint32_t)packet->destination_low),
    };
    header->msg_namelen = sizeof envelope->destination.v4;
    header->msg_controllen = sizeof envelope->control.v4;
    envelope->control.header = (struct cmsghdr){
        .cmsg_level = IPPROTO_IP,
        .cmsg_type = IP_PKTINFO,
        .cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo)),
    };
    struct in_pktinfo information = {
        .ipi_ifindex = (int)interface_index,
        .ipi_spec_dst.s_addr = htonl((uint32_t)packet->source_low),
    };
    memcpy(CMSG_DATA(&envelope->control.header), &information, sizeof information);
}

static void address_ipv6(struct envelope *envelope, struct msghdr *header, uint32_t interface_index,
                         const struct clinux_packet *packet) {
    envelope->destination.v6 = (struct sockaddr_in6){
        .sin6_family = AF_INET6,
        .sin6_addr = ipv6_address(packet->destination_high, packet->destination_low),
        .sin6_scope_id = interface_index,
    };
    header->msg_namelen = sizeof envelope->destination.v6;
    header->msg_controllen = sizeof envelope->control.v6;
    envelope->control.header = (struct cmsghdr){
        .cmsg_level = IPPROTO_IPV6,
        .cmsg_type = IPV6_PKTINFO,
        .cmsg_len = CMSG_LEN(sizeof(struct in6_pktinfo)),
    };
    struct in6_pktinfo information = {
        .ipi6_ifindex = interface_index,
        .ipi6_addr = ipv6_address(packet->source_high, packet->source_low),
    };
    memcpy(CMSG_DATA(&envelope->control.header), &information, sizeof information);
}

int clinux_send(int descriptor, int family, uint32_t interface_index, const uint8_t *arena, const struct clinux_packet *packets,
                size_t count) {
    struct envelope envelopes[CLINUX_SEND_BATCH] = {0};
    struct mmsghdr messages[CLINUX_SEND_BATCH] = {0};
    size_t batch = count < CLINUX_SEND_BATCH ? count : CLINUX_SEND_BATCH;
    for (size_t i = 0; i < batch; i++) {
        struct msghdr *header = &messages[i].msg_hdr;
        // sendmmsg only reads what an iovec points to.
        envelopes[i].payload = (struct iovec){(void *)(arena + packets[i].offset), packets[i].length};
        header->msg_iov = &envelopes[i].payload;
        header->msg_iovlen = 1;
        header->msg_name = &envelopes[i].destination;
        header->msg_control = &envelopes[i].control;
        if (family == AF_INET)
            address_ipv4(&envelopes[i], header, interface_index, &packets[i]);
        else
            address_ipv6(&envelopes[i], header, interface_index, &packets[i]);
    }
    int sent;
    do {
        sent = sendmmsg(descriptor, messages, (unsigned)batch, MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int clinux_truncate_distant(int descriptor, bool is_wanted) {
    enum { HOP_LIMIT_OFFSET = 7 };
    static struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_NET_OFF + HOP_LIMIT_OFFSET)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 255, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 1),
    };
    static const struct sock_fprog program = {sizeof instructions / sizeof instructions[0], instructions};
    if (is_wanted) return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ? -errno : 0;
    int unused = 0;
    if (setsockopt(descriptor, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) < 0 && errno != ENOENT) return -errno;
    return 0;
}

int64_t clinux_dropped_packets(int descriptor) {
    uint32_t information[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof information;
    if (getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, information, &length) < 0) return -errno;
    return information[SK_MEMINFO_DROPS];
}

int clinux_open_netlink(int protocol, uint32_t groups) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (descriptor < 0) return -errno;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        int code = errno;
        close(descriptor);
        return -code;
    }
    return descriptor;
}

int clinux_netlink_send(int descriptor, const void *message, size_t length) {
    ssize_t sent;
    do {
        sent = send(descriptor, message, length, 0);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

ssize_t clinux_netlink_receive(int descriptor, void *buffer, size_t capacity, int flags) {
    struct sockaddr_nl sender = {0};
    struct iovec iovec = {buffer, capacity};
    struct msghdr header = {.msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &iovec, .msg_iovlen = 1};
    ssize_t length;
    do {
        length = recvmsg(descriptor, &header, flags | MSG_TRUNC);
    } while (length < 0 && errno == EINTR);
    if (length < 0) return -errno;
    return sender.nl_pid == 0 ? length : 0;
}

int clinux_enter_new_network_namespace(void) { return unshare(CLONE_NEWNET) < 0 ? -errno : 0; }

int clinux_enter_network_namespace(int descriptor) { return setns(descriptor, CLONE_NEWNET) < 0 ? -errno : 0; }

int clinux_bind_abstract_socket(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path + 1, name, length);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (bind(descriptor, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)) < 0) {
        int code = errno;
        close(descriptor);
        return -code;
    }
    return descriptor;
}

int clinux_send_to_unix_socket(const char *path, const char *message, size_t length) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t path_length = strlen(path);
    if (path_length == 0 || path_length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, path_length);
    if (path[0] == '@') address.sun_path[0] = '\0';
    socklen_t address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length);

    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    ssize_t sent;
    do {
        sent = sendto(descriptor, message, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, address_length);
    } while (sent < 0 && errno == EINTR);
    int code = sent < 0 ? -errno : 0;
    close(descriptor);
    return code;
}

void clinux_look_up_host(const char *name, uint8_t *text, size_t capacity) {
    if (capacity == 0) return;
    text[0] = 0;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(name, NULL, &hints, &found) != 0) return;
    size_t used = 0;
    for (struct addrinfo *entry = found; entry != NULL; entry = entry->ai_next) {
        char address[INET6_ADDRSTRLEN];
        const void *octets = entry->ai_family == AF_INET ? (const void *)&((struct sockaddr_in *)entry->ai_addr)->sin_addr
                                                         : (const void *)&((struct sockaddr_in6 *)entry->ai_addr)->sin6_addr;
        if (inet_ntop(entry->ai_family, octets, address, sizeof address) == NULL) continue;
        size_t length = strlen(address);
        if (used + length + 2 > capacity) break;
        memcpy(text + used, address, length);
        text[used + length] = '\n';
        used += length + 1;
        text[used] = 0;
    }
    freeaddrinfo(found);
}

void clinux_release_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void clinux_return_large_blocks(int size) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, size);
#else
    (void)size;
#endif
}

ssize_t clinux_program_path(uint8_t *text, size_t capacity) {
    ssize_t length = readlink("/proc/self/exe", (char *)text, capacity);
    return length < 0 ? -errno : length;
}

// A program gets the capabilities of its predecessor only when they are ambient, which needs them to be inheritable. Where a filter of
// system calls forbids the latter, they are: it has forbidden to take them away as well.
static void hand_over_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

    if (geteuid() == 0 || syscall(SYS_capget, &header, sets) != 0)
        return;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        sets[i].inheritable = sets[i].permitted;
    syscall(SYS_capset, &header, sets);
    for (unsigned int capability = 0; capability < 32 * _LINUX_CAPABILITY_U32S_3; capability++)
        if (sets[capability / 32].permitted & (1U << (capability % 32)))
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

int clinux_become_program(const char *path) {
    size_t capacity = 0, length = 0, count = 0;
    char *text = NULL;
    int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return -errno;
    for (;;) {
        if (capacity - length < 2) {
            char *larger = realloc(text, capacity + 4096);
            if (larger == NULL) {
                free(text);
                close(descriptor);
                return -ENOMEM;
            }
            text = larger;
            capacity += 4096;
        }
        ssize_t result = read(descriptor, text + length, capacity - length - 1);
        if (result < 0 && errno == EINTR)
            continue;
        if (result <= 0)
            break;
        length += (size_t)result;
    }
    close(descriptor);
    text[length] = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == 0;
    char **arguments = calloc(count + 2, sizeof *arguments);
    if (arguments == NULL) {
        free(text);
        return -ENOMEM;
    }
    char *argument = text;
    for (size_t i = 0; i < count; i++) {
        arguments[i] = argument;
        argument += strlen(argument) + 1;
    }
    // Whatever was opened without close-on-exec by a library.
    syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    hand_over_capabilities();
    execv(path, arguments);
    int error = -errno;
    free(arguments);
    free(text);
    return error;
}

void clinux_keep_capabilities_from_children(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capget, &header, sets) != 0)
        return;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        sets[i].inheritable = 0;
    syscall(SYS_capset, &header, sets);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

bool clinux_may_empty_bounding_set(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, sets) != 0) return false;
    return sets[CAP_TO_INDEX(CAP_SETPCAP)].effective & CAP_TO_MASK(CAP_SETPCAP);
}

static const struct {
    const char *option;
    int resource;
    rlim_t most;
} command_limits[] = {
    {"--data", RLIMIT_DATA, 1 << 30},   {"--fsize", RLIMIT_FSIZE, 64 << 20}, {"--nofile", RLIMIT_NOFILE, 1024},
    {"--nproc", RLIMIT_NPROC, 4096},    {"--core", RLIMIT_CORE, 0},
};

static const size_t command_limit_count = sizeof command_limits / sizeof command_limits[0];

static rlim_t lower(rlim_t left, rlim_t right) { return left < right ? left : right; }

const char *clinux_command_limit(size_t position, uint64_t *limit) {
    if (position >= command_limit_count) return NULL;
    struct rlimit present;
    if (getrlimit(command_limits[position].resource, &present) < 0) return NULL;
    *limit = lower(lower(present.rlim_cur, present.rlim_max), command_limits[position].most);
    return command_limits[position].option;
}

void clinux_limit_command(pid_t process) {
    for (size_t i = 0; i < command_limit_count; i++) {
        struct rlimit present;
        if (prlimit(process, command_limits[i].resource, NULL, &present) < 0) continue;
        rlim_t limit = lower(lower(present.rlim_cur, present.rlim_max), command_limits[i].most);
        struct rlimit wanted = {.rlim_cur = limit, .rlim_max = limit};
        prlimit(process, command_limits[i].resource, &wanted, NULL);
    }
}

uint64_t clinux_raise_descriptor_limit(uint64_t wanted) {
    struct rlimit present;
    if (getrlimit(RLIMIT_NOFILE, &present) < 0) return wanted;
    rlim_t highest = present.rlim_max < wanted ? present.rlim_max : wanted;
    if (present.rlim_cur < highest) {
        struct rlimit raised = {.rlim_cur = highest, .rlim_max = present.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return highest;
    }
    return present.rlim_cur;
}

bool clinux_peer_groups_contain(const struct clinux_peer_groups *groups, uint32_t group_id) {
    if (group_id == 0) return false;
    for (size_t position = 0; position < sizeof groups->ids / sizeof groups->ids[0]; position++) {
        if (groups->ids[position] == group_id) return true;
    }
    return false;
}
