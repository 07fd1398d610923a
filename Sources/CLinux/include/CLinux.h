#ifndef CLINUX_H
#define CLINUX_H

#include "CResolver.h"

#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Interface flags that <net/if.h> does not have and that <linux/if.h> cannot be included for beside it.
enum {
    CLINUX_IFF_UP = 1 << 0,
    CLINUX_IFF_LOOPBACK = 1 << 3,
    CLINUX_IFF_POINTOPOINT = 1 << 4,
    CLINUX_IFF_RUNNING = 1 << 6,
    CLINUX_IFF_LOWER_UP = 1 << 16,
};

// An IP packet's payload in an arena of many, with its addresses in host byte order. IPv4 addresses are in the low halves.
struct clinux_packet {
    size_t offset;
    size_t length;
    uint64_t source_high, source_low;
    uint64_t destination_high, destination_low;
};

// The most packets that one call of clinux_send hands to the kernel.
enum { CLINUX_SEND_BATCH = 32 };

// The symbolic name of an error number ("ENODEV") and its description, never null.
const char *clinux_error_name(int code);
const char *clinux_error_description(int code);

// Opens a raw socket for IP protocol 89 (OSPF), non-blocking and close-on-exec. `family` is AF_INET or AF_INET6.
// Returns the descriptor, or the negated error number.
int clinux_open_ospf_socket(int family);

// Opens a socket for ICMP or ICMPv6, non-blocking and close-on-exec: one for datagrams, which delivers only answers to itself, or,
// where this user may not have one, a raw socket; `is_raw` says which. Returns the descriptor, or the negated error number.
int clinux_open_icmp_socket(int family, int *is_raw);

// Duplicates a descriptor, close-on-exec. Returns the new one, or the negated error number.
int clinux_duplicate(int descriptor);

// Opens an eventfd, non-blocking and close-on-exec; it is readable once it was signalled.
// The first returns the descriptor, or the negated error number.
int clinux_open_event(void);
void clinux_signal_event(int descriptor);
// Makes it unreadable again.
void clinux_clear_event(int descriptor);

// Blocks the signals in the calling thread, which is the main one, and those that it starts from now on, and hands to the main thread
// what is delivered to another one all the same, because a library unblocks it there. Returns 0, or the negated error number.
int clinux_fetch_on_main_thread(const sigset_t *signals);

// Sends packets through one interface, each from its own source address. Returns how many of the first CLINUX_SEND_BATCH the
// kernel took, or, when it refused the first, the negated error number.
int clinux_send(int descriptor, int family, uint32_t interface_index, const uint8_t *arena, const struct clinux_packet *packets,
                size_t count);

// Leaves of each IPv6 packet that arrives with a hop limit below 255 nothing but its first octet, or no longer does. Returns 0, or the
// negated error number.
int clinux_truncate_distant(int descriptor, bool is_wanted);

// How many packets the kernel has dropped because the socket's receive buffer was full or their checksum was wrong. Returns the
// number, or the negated error number.
int64_t clinux_dropped_packets(int descriptor);

// Opens a packet socket that gets the beginning of each OSPF packet (IP protocol 89) which arrives on an interface, those included that
// the kernel drops because they come from an address of this host; non-blocking and close-on-exec. `family` is AF_INET or AF_INET6.
// Returns the descriptor, or the negated error number.
int clinux_open_link_layer_watch(int family, uint32_t interface_index);

// Where a packet comes from: its address in host byte order, an IPv4 address in the low half, and the link-layer address of six octets
// from which it was sent here.
struct clinux_link_layer_source {
    uint64_t address_high, address_low;
    uint64_t hardware;
};

// Takes the next packet from such a socket. Returns 1, 0 when there is none, or the negated error number; a packet that says nothing is
// passed over.
int clinux_next_link_layer_source(int descriptor, int family, struct clinux_link_layer_source *source);

// A BFD Control packet that was received, with what IP and the socket say of it. Addresses are in host byte order, IPv4 addresses in
// the low halves. `age_ns` is how long ago the kernel got it.
enum { CLINUX_BFD_OCTETS = 64, CLINUX_BFD_BATCH = 32 };
struct clinux_bfd_packet {
    uint8_t octets[CLINUX_BFD_OCTETS];
    uint32_t length;
    uint32_t interface_index;
    uint64_t source_high, source_low;
    uint64_t destination_high, destination_low;
    int64_t age_ns;
    uint8_t ttl;
};

// Opens the socket on which the BFD Control packets of all devices arrive (UDP port 3784), non-blocking and close-on-exec. `family` is
// AF_INET or AF_INET6. Returns the descriptor, or the negated error number.
int clinux_open_bfd_receiver(int family);

// Receives what has arrived, at most CLINUX_BFD_BATCH packets. Of one that is longer than a Control packet can be, the end is cut off.
// Returns their number, or the negated error number.
int clinux_bfd_receive(int descriptor, struct clinux_bfd_packet *packets);

// Opens a socket from which one session sends: bound to a device, a source address and a source port, with TTL 255. Returns the
// descriptor, or the negated error number.
int clinux_open_bfd_sender(int family, uint32_t interface_index, uint64_t source_high, uint64_t source_low, uint16_t source_port);

// Sends a Control packet to port 3784. Returns 0, or the negated error number.
int clinux_bfd_send(int descriptor, int family, uint32_t interface_index, uint64_t destination_high, uint64_t destination_low,
                    const uint8_t *octets, size_t length);

// Waits until one of the descriptors is readable or the time is over; a negative time is none. Negative descriptors are passed over.
// Sets a bit of `readable` for each that is. Returns 0, or the negated error number.
int clinux_wait_readable(const int *descriptors, size_t count, int64_t nanoseconds, uint32_t *readable);

// Gives the calling thread a real-time priority (SCHED_FIFO), timers without slack, and a name. Returns 0, or the negated error number
// of the priority.
int clinux_become_real_time(int priority, const char *name);

// Locks what this process has in memory, and what it will have, as it is touched. Only where no limit could make a later allocation
// fail. Returns 0, or the negated error number.
int clinux_lock_memory(void);

// Opens an rtnetlink socket that is a member of the multicast groups in `groups` (RTMGRP_*), close-on-exec.
// Returns the descriptor, or the negated error number.
int clinux_open_netlink(int protocol, uint32_t groups);

// Sends one netlink message to the kernel. Returns 0, or the negated error number.
int clinux_netlink_send(int descriptor, const void *message, size_t length);

// Receives one datagram from the kernel; datagrams of other processes count as empty. `flags` are those of recvmsg. Returns its
// whole length, which is greater than `capacity` when it was truncated, or the negated error number.
ssize_t clinux_netlink_receive(int descriptor, void *buffer, size_t capacity, int flags);

// Moves the calling thread into a new network namespace, for tests. Returns 0, or the negated error number.
int clinux_enter_new_network_namespace(void);

// Moves the calling thread into the network namespace that a descriptor names, for tests. Returns 0, or the negated error number.
int clinux_enter_network_namespace(int descriptor);

// What the kernel says of the peer of a Unix socket (SO_PEERCRED): the struct ucred of unix(7), which Swift does not see.
struct clinux_peer_credentials {
    int32_t process_id;
    uint32_t user_id;
    uint32_t group_id;
};

// The supplementary groups of the peer (SO_PEERGROUPS), as many as there are; the rest is 0.
struct clinux_peer_groups {
    uint32_t ids[256];
};

// Whether a group other than 0 is among them.
bool clinux_peer_groups_contain(const struct clinux_peer_groups *groups, uint32_t group_id);

// Binds a datagram socket to a name in the abstract namespace of Unix sockets, close-on-exec: one process of a network namespace can have
// it. Returns the descriptor, or the negated error number.
int clinux_bind_abstract_socket(const char *name);

// Sends one datagram to a Unix socket; a path that begins with '@' is in the abstract namespace. Never blocks.
// Returns 0, or the negated error number.
int clinux_send_to_unix_socket(const char *path, const char *message, size_t length);

// Writes the IPv4 and IPv6 addresses of a host into `text`, one on a line, ended by a null; as many as fit. Nothing when the name
// cannot be resolved.
void clinux_look_up_host(const char *name, uint8_t *text, size_t capacity);

// Keeps the capabilities that the process was started with from the programs that it starts: empties the ambient and the inheritable
// set of the calling thread, and so of the threads that it makes, and lets no program gain privileges when it is executed
// (PR_SET_NO_NEW_PRIVS). What a filter of system calls forbids is left as it is.
void clinux_keep_capabilities_from_children(void);

// Gives up for good, for the calling thread and those that it makes, every capability that the daemon has no use for; in the bounding set
// too, so that no program that it becomes or starts has them again. What the process may not give up stays.
void clinux_give_up_capabilities(void);

// Those that are kept, as a mask.
uint64_t clinux_kept_capabilities(void);

// Forbids the calling thread, those that it makes, and the programs that they become, the system calls of a list, which fail with EPERM
// from now on; or, for an audit, only has the kernel log them. Does nothing where that was done before. Returns 0, or the negated error
// number.
int clinux_deny_system_calls(bool is_audit);

// Whether the calling thread may empty a capability bounding set.
bool clinux_may_empty_bounding_set(void);

// Limits what a command, and what it will start, can use up: 1 GiB of data, 64 MiB for a file, 1024 descriptors, 4096 processes of its user,
// no core file. A limit that is lower already stays.
void clinux_limit_command(pid_t process);

// The same limits, one after the other: as an option of prlimit(1), and how much. A null pointer after the last one.
const char *clinux_command_limit(size_t position, uint64_t *limit);

// The most descriptors that this process may have, raised as far as it may be raised, to `wanted` at most.
uint64_t clinux_raise_descriptor_limit(uint64_t wanted);

// Writes the path of the program of this process into `text`, not ended by a null. Returns its length, or the negated error number.
ssize_t clinux_program_path(uint8_t *text, size_t capacity);

// Puts the program at `path` in the place of this one, with the arguments and the environment of this process, the capabilities of the
// calling thread, and no descriptor but the first three. Returns only the negated error number.
int clinux_become_program(const char *path);

// The commit that the program was built from, or a null pointer when the build was not told.
const char *clinux_commit(void);

// Gives memory that is free in the allocator back to the kernel.
void clinux_release_free_memory(void);

// Gives blocks of `size` octets and more back to the kernel from now on when they are freed.
void clinux_return_large_blocks(int size);

#endif
