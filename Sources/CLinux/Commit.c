#include <stddef.h>

#include "CLinux.h"

const char *clinux_commit(void) {
#ifdef ANYCAST_OSPFD_COMMIT
    return ANYCAST_OSPFD_COMMIT;
#else
    return NULL;
#endif
}
