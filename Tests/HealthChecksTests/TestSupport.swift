import AnycastPolicy
import Configuration
import Glibc
import NIOCore
import NIOPosix
import OSPFProtocol
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

/// The event loops of listeners and of probes that are run without a runner.
let testGroup = MultiThreadedEventLoopGroup.singleton

/// Verdicts that a runner delivers, one after the other.
struct Outcomes: Sendable {
  let runner: CheckRunner
  private let stream: AsyncStream<ProbeOutcome>

  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: ProbeOutcome.self)
    self.stream = stream
    runner = CheckRunner(isOnHost: { _ in true }) { continuation.yield($0) }
  }

  /// With probes of the test's own, which begin without jitter where the test draws none.
  init(probe: any Probe, chance: @escaping Chance = { _ in .zero }) {
    let (stream, continuation) = AsyncStream.makeStream(of: ProbeOutcome.self)
    self.stream = stream
    runner = CheckRunner(makingProbes: { _, _ in probe }, chance: chance) { continuation.yield($0) }
  }

  /// The next outcomes of checks that `isWanted` selects.
  func next(_ count: Int, where isWanted: (ProbeOutcome) -> Bool = { _ in true }) async throws -> [ProbeOutcome] {
    var outcomes: [ProbeOutcome] = []
    for await outcome in stream where isWanted(outcome) {
      outcomes.append(outcome)
      if outcomes.count == count { break }
    }
    try #require(outcomes.count == count)
    return outcomes
  }
}

/// Runs a runner for the length of `body`, and shuts it down whatever happens.
func withRunner(
  _ outcomes: Outcomes = Outcomes(), checking services: [ServiceConfiguration], _ body: (Outcomes) async throws -> Void
) async throws {
  outcomes.runner.apply(assignments(of: services))
  do {
    try await body(outcomes)
  } catch {
    await outcomes.runner.shutDown()
    throw error
  }
  await outcomes.runner.shutDown()
}

/// The numbers that checks have been given: the same check has the same number, as with a policy.
private let numbers = Mutex<[CheckAssignment: Int]>([:])

/// The checks of services whose addresses this host has, unless they come only when the checks pass.
func assignments(of services: [ServiceConfiguration]) -> [CheckAssignment] {
  services.flatMap { service in
    let policy = Policy(services: [service], at: .zero, sink: PolicySink())
    let here = service.addressMode == .healthy ? [] : service.addresses
    policy.setPresentAddresses(
      Set(here.map { DeviceAddress(device: service.device, address: $0.address) }), at: .zero)
    return policy.checkAssignments.map { assignment in
      var assignment = assignment
      assignment.number = 0
      let key = assignment
      assignment.number = numbers.withLock { numbers in
        let number = numbers[key] ?? numbers.count + 1
        numbers[key] = number
        return number
      }
      return assignment
    }
  }
}

/// The same checks under other numbers, as after a suspension.
func renumbered(_ assignments: [CheckAssignment]) -> [CheckAssignment] {
  assignments.map { assignment in
    var assignment = assignment
    assignment.number += 1_000_000
    return assignment
  }
}

/// Whether the check has such a number.
func isRenumbered(_ assignment: CheckAssignment) -> Bool { assignment.number >= 1_000_000 }

extension ServiceConfiguration {
  /// A service on the loopback address.
  static func local(_ checks: CheckConfiguration..., name: String = "dns", addresses: [String] = ["127.0.0.1"]) -> Self {
    ServiceConfiguration(
      name: name,
      addresses: addresses.compactMap { IPAddress($0) }.map { ServiceAddress(address: $0, prefixLength: $0.bitWidth) },
      checks: checks)
  }
}

extension CheckConfiguration {
  /// A shell script as a check.
  static func shell(
    _ script: String, interval: Duration = .seconds(1), timeout: Duration = .seconds(240)
  ) -> CheckConfiguration {
    CheckConfiguration(kind: .exec(ExecCheck(command: ["/bin/sh", "-c", script])), interval: interval, timeout: timeout)
  }
}

/// A named pipe that tells when the last process that has it open for writing is gone.
final class LifeLine: Sendable {
  let path: String
  private let directory: String
  private let descriptor: CInt
  private let thread = NIOThreadPool(numberOfThreads: 1)

  init() throws {
    var template = Array("/tmp/health-checks-XXXXXX".utf8CString)
    let name = try #require(mkdtemp(&template))
    directory = String(cString: name)
    path = directory + "/lifeline"
    try #require(chmod(directory, 0o755) == 0 && mkfifo(path, 0o666) == 0 && chmod(path, 0o666) == 0)
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    try #require(descriptor >= 0)
    thread.start()
  }

  /// What a shell script begins with to hold the line.
  var hold: String { "exec 3>\(path); echo >&3;" }

  /// Waits until `count` processes more have taken hold of the line, which has not been cut yet.
  func untilHeld(by count: Int = 1) async throws {
    var remaining = count
    while remaining > 0 {
      try await wait(for: CInt(POLLIN))
      remaining -= newHolders()
    }
  }

  /// How many processes have taken hold of the line since this was last asked.
  func newHolders() -> Int {
    var octets = [UInt8](repeating: 0, count: 4096)
    return max(read(descriptor, &octets, octets.count), 0)
  }

  /// Waits until no process holds the line any more, once one has.
  func untilCut() async throws { try await wait(for: CInt(POLLHUP)) }

  private func wait(for event: CInt) async throws {
    try await thread.runIfActive { [descriptor] in
      var descriptors = [pollfd(fd: descriptor, events: Int16(event & CInt(POLLIN)), revents: 0)]
      var result: CInt
      repeat { result = poll(&descriptors, 1, 240_000) } while result < 0 && errno == EINTR
      guard result == 1, CInt(descriptors[0].revents) & event != 0 else {
        throw IOError(errnoCode: ETIMEDOUT, reason: "waiting for the life line")
      }
    }
  }

  deinit {
    close(descriptor)
    unlink(path)
    rmdir(directory)
    thread.shutdownGracefully { _ in }
  }
}

/// A listener on a port of the loopback address that accepts and does nothing, or closes what it has accepted.
func withListener<Result>(
  on host: String = "127.0.0.1", closing: Bool = false, _ body: (_ port: UInt16) async throws -> Result
) async throws -> Result {
  let channel = try await ServerBootstrap(group: testGroup)
    .childChannelInitializer { child in
      if closing { child.eventLoop.execute { child.close(promise: nil) } }
      return child.eventLoop.makeSucceededVoidFuture()
    }
    .bind(host: host, port: 0).get()
  return try await withOpen(channel, body)
}

/// A channel that is bound to a port, until the body has ended.
func withOpen<Result>(_ channel: any Channel, _ body: (_ port: UInt16) async throws -> Result) async throws -> Result {
  let port = UInt16(try #require(channel.localAddress?.port))
  do {
    let result = try await body(port)
    try await channel.close()
    return result
  } catch {
    try await channel.close()
    throw error
  }
}

/// A port of the loopback address on which nobody listens: tcpmux, which is never chosen for anybody.
let closedPort: UInt16 = 1

/// One probe without a runner.
func probe(
  _ kind: CheckKind, addresses: [String] = ["127.0.0.1"], mode: AddressMode = .always,
  commandUser: CommandUser = .unprivileged()
) async -> Verdict {
  var service = ServiceConfiguration.local(addresses: addresses)
  service.addressMode = mode
  service.checks = [CheckConfiguration(kind: kind)]
  let assignment = assignments(of: [service])[0]
  return await assignment.makeProbe(on: testGroup.next(), commandUser: commandUser, isOnHost: { _ in true }).run()
}

/// Runs a check that never passes until it has said at its timeout what is expected. On a busy machine a probe may miss the time
/// that it has for that; the next one counts then.
func expectTimeout(of kind: CheckKind, saying words: String) async throws {
  let check = CheckConfiguration(kind: kind, interval: .milliseconds(400), timeout: .milliseconds(300))
  try await withRunner(checking: [.local(check)]) { outcomes in
    _ = try await outcomes.next(1) { outcome in
      #expect(outcome.verdict.isFailing && outcome.verdict.text?.hasPrefix("timeout after 300ms") == true)
      return outcome.verdict == .failing(reason: "timeout after 300ms: \(words)")
    }
  }
}

/// A file of its own in /tmp, for the length of `body`.
func withFile<Result>(
  _ text: String, mode: mode_t = 0o644, _ body: (_ path: String) async throws -> Result
) async throws -> Result {
  var template = Array("/tmp/health-checks-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  try #require(descriptor >= 0)
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { unlink(path) }
  let octets = Array(text.utf8)
  let written = write(descriptor, octets, octets.count)
  let changed = fchmod(descriptor, mode)
  // A program that is open for writing is not run.
  close(descriptor)
  try #require(written == octets.count && changed == 0)
  return try await body(path)
}

extension CheckConfiguration {
  /// A check that nobody calls by its name.
  init(
    kind: CheckKind, interval: Duration = .seconds(1), timeout: Duration = .milliseconds(500), jitter: Duration? = nil,
    rise: Int = 2, fall: Int = 3
  ) {
    self.init(
      title: CheckTitle(keyword: "test", summary: "test"), subject: kind, interval: interval, timeout: timeout, jitter: jitter,
      rise: rise, fall: fall)
  }
}
