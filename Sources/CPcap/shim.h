#include <pcap/pcap.h>
// What a live capture waits for beside packets.
#include <poll.h>
#include <sys/signalfd.h>
