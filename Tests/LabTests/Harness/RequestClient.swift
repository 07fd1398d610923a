import CLinux
import Glibc
import LabHarness
import OSPFWire
import Synchronization

/// A client that asks a DNS server for www.example.net fifty times a second, along the routers' routes, and knows what became of each
/// request. Each has a socket of its own, so that it takes a path of its own where there are several.
final class RequestClient: Sendable {
  /// What became of a request.
  enum Outcome: Hashable, Sendable {
    case answered
    /// A node answered that should not have.
    case wrong
    /// It reached a node with nothing listening.
    case refused
    /// A router on the way had no route.
    case unreachable
    /// Nothing came back.
    case lost
  }

  /// How often something became of requests.
  typealias Counts = [Outcome: Int]

  /// An answer that is wrong when the request was sent at this instant or later: of a node that has gone, or one that no node may give.
  struct WrongAnswer: Sendable {
    let answer: String
    let since: ContinuousClock.Instant
  }

  private struct Request {
    let sent: ContinuousClock.Instant
    let outcome: Outcome
    /// The address that it was answered.
    let answer: IPv4Address?
  }

  private struct Pending {
    let socket: CInt
    let sent: ContinuousClock.Instant
  }

  private struct State {
    var pending: [Pending] = []
    var done: [Request] = []
  }

  static let interval = Duration.milliseconds(20)
  /// After this long a request is lost. An answer that has come is read first, however late that is.
  static let patience = Duration.seconds(1)

  let address: String
  private let state = Mutex(State())
  private let task: Mutex<Task<Void, any Error>?> = Mutex(nil)

  /// Begins to ask.
  init(from host: Host, to address: String) throws {
    self.address = address
    let namespace = open("/run/netns/\(host.namespace)", O_RDONLY | O_CLOEXEC)
    guard namespace >= 0, let server = IPv4Address(address) else {
      throw LabError("no namespace \(host.namespace), or no \(address)")
    }
    let task = Task { [weak self] in
      defer { close(namespace) }
      let clock = ContinuousClock()
      while let self, !Task.isCancelled {
        self.readAnswers(at: clock.now)
        try self.ask(server, in: namespace, at: clock.now)
        try await Task.sleep(for: Self.interval)
      }
    }
    self.task.withLock { $0 = task }
  }

  deinit { task.withLock { $0?.cancel() } }

  /// Waits until something has become of `count` requests that are sent from now on.
  @discardableResult
  func awaitOutcome(_ outcome: Outcome, _ count: Int = 1) async throws -> Counts {
    let begin = ContinuousClock().now
    try await eventually(
      "\(count) requests to \(address) are \(outcome)", within: .seconds(120), state: { "\(self.done(since: begin))" }
    ) {
      done(since: begin)[outcome, default: 0] >= count
    }
    return done(since: begin)
  }

  /// Waits until something, whatever it is, has become of `count` requests that are sent from now on.
  func awaitOutcomes(_ count: Int) async throws {
    let begin = ContinuousClock().now
    try await eventually("\(count) requests to \(address) are over", state: { "\(self.done(since: begin))" }) {
      done(since: begin).values.reduce(0, +) >= count
    }
  }

  /// What becomes of the requests that are sent in this interval; waits for the last of them. Answers among `wrong` are no answers.
  func counts(
    since begin: ContinuousClock.Instant, until end: ContinuousClock.Instant = ContinuousClock().now, wrong: [WrongAnswer] = []
  ) async throws -> Counts {
    try await eventually("nothing is under way to \(address)") {
      state.withLock { state in !state.pending.contains { $0.sent >= begin && $0.sent <= end } }
    }
    return state.withLock { Self.counts($0.done.filter { $0.sent >= begin && $0.sent <= end }, wrong) }
  }

  private func done(since begin: ContinuousClock.Instant) -> Counts {
    state.withLock { Self.counts($0.done.filter { $0.sent >= begin }) }
  }

  /// How often each answer came to the requests that are sent in this interval, as far as it has.
  func answers(since begin: ContinuousClock.Instant) -> [String: Int] {
    state.withLock { state in
      state.done.reduce(into: [:]) { counts, request in
        guard request.sent >= begin, let answer = request.answer else { return }
        counts[answer.description, default: 0] += 1
      }
    }
  }

  private static func counts(_ requests: [Request], _ wrong: [WrongAnswer] = []) -> Counts {
    requests.reduce(into: [:]) { counts, request in
      let isWrong = wrong.contains { $0.answer == request.answer?.description && $0.since <= request.sent }
      counts[isWrong ? .wrong : request.outcome, default: 0] += 1
    }
  }

  // MARK: - Sockets

  /// `www.example.net A`, with recursion desired.
  private static let question: [UInt8] =
    [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [3] + Array("www".utf8) + [7] + Array("example".utf8) + [3] + Array("net".utf8)
    + [0, 0, 1, 0, 1]

  private func ask(_ server: IPv4Address, in namespace: CInt, at now: ContinuousClock.Instant) throws {
    let socket = try Self.socket(in: namespace)
    var on: CInt = 1
    // Without it the kernel keeps to itself that a router had no route.
    setsockopt(socket, CInt(IPPROTO_IP), IP_RECVERR, &on, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(53).bigEndian
    address.sin_addr.s_addr = server.rawValue.bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected, send(socket, Self.question, Self.question.count, 0) == Self.question.count else {
      let outcome = Self.outcome(ofError: errno) ?? .lost
      close(socket)
      return state.withLock { $0.done.append(Request(sent: now, outcome: outcome, answer: nil)) }
    }
    state.withLock { $0.pending.append(Pending(socket: socket, sent: now)) }
  }

  /// A socket belongs to the namespace that its thread was in when it was made.
  private static func socket(in namespace: CInt) throws -> CInt {
    let own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    defer { close(own) }
    guard own >= 0, clinux_enter_network_namespace(namespace) == 0 else { throw LabError("the namespace cannot be entered") }
    let socket = Glibc.socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    // The thread is everybody's: whatever runs on it next would send its packets from a host of the lab, so nothing may go on.
    guard clinux_enter_network_namespace(own) == 0 else { fatalError("a thread is left in another network namespace") }
    guard socket >= 0 else { throw LabError("no socket") }
    return socket
  }

  private func readAnswers(at now: ContinuousClock.Instant) {
    state.withLock { state in
      state.pending.removeAll { request in
        let isLate = now - request.sent > Self.patience
        guard let (outcome, answer) = Self.outcome(of: request.socket) ?? (isLate ? (.lost, nil) : nil) else { return false }
        close(request.socket)
        state.done.append(Request(sent: request.sent, outcome: outcome, answer: answer))
        return true
      }
    }
  }

  private static func outcome(of socket: CInt) -> (Outcome, IPv4Address?)? {
    var answer = [UInt8](repeating: 0, count: 512)
    let count = recv(socket, &answer, answer.count, 0)
    if count < 0 { return outcome(ofError: errno).map { ($0, nil) } }
    // An answer of this question, without an error, and with one address, behind the name, the type, the class, the TTL and the length.
    guard count == question.count + 16, answer[0] == question[0], answer[1] == question[1], answer[3] & 0x0F == 0 else {
      return nil
    }
    return (.answered, IPv4Address(rawValue: answer[(count - 4)..<count].reduce(0) { $0 << 8 | UInt32($1) }))
  }

  private static func outcome(ofError code: CInt) -> Outcome? {
    switch code {
    case ECONNREFUSED: .refused
    case EHOSTUNREACH, ENETUNREACH: .unreachable
    default: nil
    }
  }
}
