// What a daemon that can be talked to by a whole segment gives up for good before it opens its first socket.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Raw and packet sockets; addresses, routes and large buffers. The priority of the BFD thread, and its memory. The ports below 1024 of
// `metrics listen`. The group of the control socket. To run commands of checks as somebody else, without capabilities and within limits,
// and to end them. The state directory and the log of the unit's user, where root starts the daemon by hand.
static const unsigned int kept_capabilities[] = {
    CAP_NET_RAW, CAP_NET_ADMIN, CAP_SYS_NICE, CAP_IPC_LOCK, CAP_NET_BIND_SERVICE, CAP_CHOWN,
    CAP_SETUID,  CAP_SETGID,    CAP_SETPCAP,  CAP_KILL,     CAP_SYS_RESOURCE,     CAP_DAC_OVERRIDE,
};

uint64_t clinux_kept_capabilities(void) {
    uint64_t mask = 0;
    for (size_t i = 0; i < sizeof kept_capabilities / sizeof kept_capabilities[0]; i++) mask |= 1ULL << kept_capabilities[i];
    return mask;
}

void clinux_give_up_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    uint64_t kept = clinux_kept_capabilities();

    // First, while there is still the capability to do it.
    for (unsigned int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if ((kept & (1ULL << capability)) == 0) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capget, &header, sets) != 0) return;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t mask = (uint32_t)(kept >> (32 * i));
        sets[i].effective &= mask;
        sets[i].permitted &= mask;
        sets[i].inheritable = 0;
    }
    syscall(SYS_capset, &header, sets);
}

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCHITECTURE AUDIT_ARCH_RISCV64
#endif

// What neither the daemon nor a command of a check has any business with, and what most holes of kernels are reached by.
static const unsigned int denied_calls[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd,
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_kexec_file_load, SYS_reboot,
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
    SYS_fspick, SYS_mount_setattr, SYS_setns, SYS_unshare, SYS_open_by_handle_at, SYS_fanotify_init, SYS_quotactl,
    SYS_swapon, SYS_swapoff, SYS_acct, SYS_settimeofday, SYS_clock_settime, SYS_sethostname, SYS_setdomainname, SYS_vhangup,
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm,
#endif
};
enum { DENIED_CALLS = sizeof denied_calls / sizeof denied_calls[0] };

// No system call has this number. By its answer a filter of ours is known that is there already: a program that a process becomes keeps
// it, and would have one more each time.
enum { MARK = 0x3F4A11 };

static bool has_filter(void) { return syscall(MARK) < 0 && errno == EKEYREJECTED; }

int clinux_deny_system_calls(bool is_audit) {
#ifdef NATIVE_ARCHITECTURE
    enum { HEAD = 5, TAIL = 3 };
    struct sock_filter program[HEAD + DENIED_CALLS + TAIL];
    size_t length = 0;
    uint32_t denied = is_audit ? SECCOMP_RET_LOG : SECCOMP_RET_ERRNO | EPERM;

    if (has_filter()) return 0;
    program[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    // Calls by the numbers of another architecture would go past the list.
    program[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 0, DENIED_CALLS + 4);
    program[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    // So would those of x32, which have this bit.
    program[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, DENIED_CALLS + 2, 0);
    program[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MARK, DENIED_CALLS + 2, 0);
    for (size_t i = 0; i < DENIED_CALLS; i++)
        program[length++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied_calls[i], (uint8_t)(DENIED_CALLS - i), 0);
    program[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, denied);
    program[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EKEYREJECTED);
    struct sock_fprog filter = {.len = (unsigned short)length, .filter = program};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // The unit's filter may not know seccomp(2), and does not keep anybody from prctl(2).
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) < 0 ? -errno : 0;
#else
    (void)is_audit;
    return -ENOSYS;
#endif
}
