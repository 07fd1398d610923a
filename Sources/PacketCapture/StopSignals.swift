import CLinux
import CPcap
import Glibc

/// The signals that end a live capture, INT and TERM, as something that can be waited for.
public final class StopSignals {
  /// Readable when a signal has come.
  let descriptor: Int32

  /// Blocks the signals in this thread and those that it starts from now on. Throws when the system has no descriptor left.
  public init() throws(CaptureError) {
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, SIGINT)
    sigaddset(&mask, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &mask, nil)
    descriptor = signalfd(-1, &mask, Int32(SFD_CLOEXEC))
    guard descriptor >= 0 else { throw .interface(name: "signalfd", reason: String(cString: clinux_error_description(errno))) }
  }

  deinit { close(descriptor) }
}
