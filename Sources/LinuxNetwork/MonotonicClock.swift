import Glibc
import OSPFProtocol

/// The clock that the daemon gives to the engine.
public enum MonotonicClock {
  /// The time since boot. It never goes back, nobody can set it, and it counts the time that the machine was suspended, during
  /// which every LSA has aged.
  public static func now() -> Instant {
    var time = timespec()
    // CLOCK_BOOTTIME cannot fail: the clock exists since Linux 2.6.39, and the pointer is valid.
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
