import CLinux
import Glibc

/// Tells the service manager how this process is doing (sd_notify).
public struct SystemdNotifier: Sendable {
  /// Something that the service manager is told.
  public enum Message: Hashable, Sendable {
    /// Started, or finished reloading.
    case ready
    /// Reloading its configuration; followed by `.ready`.
    case reloading
    /// Shutting down.
    case stopping
    /// One line for people, as `systemctl status` shows it. Line breaks become spaces.
    case status(String)
    /// Alive: `WatchdogSec=` begins anew.
    case watchdog
  }

  private let socketPath: String

  /// A notifier for the socket at `socketPath`; `@` begins an abstract name. Nil when the path is neither, because there is
  /// nobody to tell.
  public init?(socketPath: String) {
    guard socketPath.hasPrefix("/") || socketPath.hasPrefix("@") else { return nil }
    self.socketPath = socketPath
  }

  /// A notifier for the socket that the service manager named in `NOTIFY_SOCKET`. Nil when there is none.
  public static func fromEnvironment() -> SystemdNotifier? {
    getenv("NOTIFY_SOCKET").flatMap { SystemdNotifier(socketPath: String(cString: $0)) }
  }

  /// Half of the interval in which the service manager wants a `.watchdog` (`WATCHDOG_USEC`): how often to send one. Nil when it
  /// wants none, or wants it from another process (`WATCHDOG_PID`).
  public static func watchdogInterval() -> Duration? {
    if let process = getenv("WATCHDOG_PID"), String(cString: process) != String(getpid()) { return nil }
    guard let text = getenv("WATCHDOG_USEC"), let microseconds = Int64(String(cString: text)), microseconds > 0 else {
      return nil
    }
    return .microseconds(microseconds / 2)
  }

  /// Sends messages in one datagram. Never blocks.
  public func send(_ messages: Message...) throws(SystemCallError) {
    let text = messages.map(Self.assignment).joined(separator: "\n")
    let result = clinux_send_to_unix_socket(socketPath, text, text.utf8.count)
    guard result == 0 else { throw SystemCallError("notify the service manager at \(socketPath)", code: -result) }
  }

  private static func assignment(_ message: Message) -> String {
    switch message {
    case .ready: "READY=1"
    case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds())"
    case .stopping: "STOPPING=1"
    case .status(let line): "STATUS=" + String(line.map { $0.isNewline ? " " : $0 })
    case .watchdog: "WATCHDOG=1"
    }
  }

  /// systemd compares this with its own CLOCK_MONOTONIC, so it cannot be the clock of `MonotonicClock`.
  private static func monotonicMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
