import FoundationEssentials
import LabHarness

/// A calendar clock for one process that can be set while it runs: a library that is loaded before the C library, and adds seconds to what the
/// kernel says.
struct SteppedClock: Sendable {
  private static let source = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static const volatile int64_t *seconds;

    __attribute__((constructor)) static void begin(void) {
      int file = open(getenv("STEPPED_CLOCK"), O_RDONLY);
      seconds = mmap(NULL, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
      close(file);
    }

    int clock_gettime(clockid_t clock, struct timespec *now) {
      int result = syscall(SYS_clock_gettime, clock, now);
      if (result == 0 && clock == CLOCK_REALTIME && seconds) now->tv_sec += *seconds;
      return result;
    }

    int gettimeofday(struct timeval *now, void *zone) {
      struct timespec time;
      if (clock_gettime(CLOCK_REALTIME, &time)) return -1;
      now->tv_sec = time.tv_sec;
      now->tv_usec = time.tv_nsec / 1000;
      return 0;
    }

    time_t time(time_t *result) {
      struct timespec now;
      if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
      if (result) *result = now.tv_sec;
      return now.tv_sec;
    }
    """

  private let library: String
  private let file: String

  /// Compiles the library into a host's directory.
  init(on host: Host) async throws {
    library = host.directory + "/stepped-clock.so"
    file = host.directory + "/stepped-clock"
    let source = try host.write(Self.source, to: "stepped-clock.c")
    // Of the toolchain that has built this test, which need not have put it where commands are looked for.
    let clang = #""$(dirname "$(readlink -f "$(command -v swiftc)")")/clang" "$@""#
    try await Shell.run("sh", ["-c", clang, "sh", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source])
    try Data(count: 8).write(to: URL(filePath: file))
  }

  /// What goes before the command of a program that is to have this clock.
  var launcher: [String] { ["env", "LD_PRELOAD=" + library, "STEPPED_CLOCK=" + file] }

  /// Sets the clock so many seconds before or behind the kernel's.
  func step(to seconds: Int) throws {
    let value = UInt64(bitPattern: Int64(seconds))
    try FileInPlace.write((0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }, to: file)
  }
}
