// The entry point of both programs, which the package has as one file: they share nine tenths of their code, and the name that it is
// called by says which of them it is.

#include <string.h>

int anycast_ospfd_main(int, char **);
int anycastctl_main(int, char **);

int main(int argc, char **argv) {
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : "";

    return strcmp(name, "anycastctl") == 0 ? anycastctl_main(argc, argv) : anycast_ospfd_main(argc, argv);
}
