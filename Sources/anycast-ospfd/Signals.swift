import CLinux
import Glibc

/// The signals that the daemon acts on.
///
/// They are blocked in every thread of ours and fetched by the main one, which does nothing else. Threads of libraries may unblock them
/// (that with which Subprocess waits for its children does): what is delivered there is handed on to the main thread. Programs that checks
/// run get an empty mask and no handlers from Subprocess.
enum Signal: Int32, Sendable, CaseIterable {
  /// Withdraw, flush, leave.
  case terminate = 15
  /// The same, from a terminal.
  case interrupt = 2
  /// Read the configuration anew.
  case hangUp = 1
  /// Withdraw every service and suspend checking.
  case stop = 20
  /// End the suspension.
  case resume = 18
  /// Run every check now.
  case urgent = 23
  /// Restart gracefully.
  case restart = 12

  /// The variable of the environment by which one run hands a signal to the next.
  private static let handedOver = "ANYCAST_OSPFD_SIGNAL"

  /// Leaves the signal to the program that takes this one's place in the process.
  func handOver() { setenv(Self.handedOver, String(rawValue), 1) }

  /// Takes the signal that the run before has left. Nobody fetches yet: it waits.
  private static func takeHandedOver() {
    guard let signal = Environment.value(of: handedOver).flatMap({ Int32($0) }).flatMap(Signal.init) else { return }
    unsetenv(handedOver)
    kill(getpid(), signal.rawValue)
  }

  /// Blocks the signals. Call it while the process has one thread: threads inherit the mask. Afterwards the main thread must not
  /// run a dispatch or run loop, because Dispatch's waits with an empty mask.
  static func block() throws(OperatorError) {
    var mask = mask
    let result = clinux_fetch_on_main_thread(&mask)
    guard result == 0 else {
      throw OperatorError(lines: ["cannot wait for signals: \(String(cString: clinux_error_description(-result)))"])
    }
    takeHandedOver()
  }

  /// A signal with where it came from.
  struct Received: Sendable {
    var signal: Signal
    /// The service manager or the kernel, or another process namespace, and not a process that somebody here runs.
    var isFromSystem: Bool
  }

  /// Fetches signals for `received` until the process ends.
  static func fetch() -> Never {
    while true {
      var mask = mask
      var information = siginfo_t()
      let number = sigwaitinfo(&mask, &information)
      guard number > 0, let signal = Signal(rawValue: number) else { continue }
      channel.continuation.yield(Received(signal: signal, isFromSystem: information._sifields._kill.si_pid <= 1))
    }
  }

  /// The signals that `fetch` has fetched. For one reader.
  static var received: AsyncStream<Received> { channel.stream }

  private static let channel = AsyncStream.makeStream(of: Received.self)

  private static var mask: sigset_t {
    var mask = sigset_t()
    sigemptyset(&mask)
    for signal in allCases { sigaddset(&mask, signal.rawValue) }
    return mask
  }
}
