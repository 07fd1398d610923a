#include "CLinux.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

// The main thread blocks the signal, which stays pending there, with its sender, until it is fetched. A thread may send another one only
// what says that it was queued.
static void hand_to_main_thread(int signal, siginfo_t *information, void *context) {
    (void)context;
    int saved = errno;
    siginfo_t queued = *information;
    queued.si_code = SI_QUEUE;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), signal, &queued);
    errno = saved;
}

int clinux_fetch_on_main_thread(const sigset_t *signals) {
    struct sigaction action = {.sa_sigaction = hand_to_main_thread, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigfillset(&action.sa_mask);
    if (pthread_sigmask(SIG_BLOCK, signals, NULL) != 0) return -errno;
    for (int signal = 1; signal < NSIG; signal++) {
        if (sigismember(signals, signal) == 1 && sigaction(signal, &action, NULL) != 0) return -errno;
    }
    return 0;
}
