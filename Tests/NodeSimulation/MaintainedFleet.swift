import AnycastNode
import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A few nodes of one service whose operators drain one after the other, each with `drain --exclusive`, and know nothing of each other.
final class MaintainedFleet {
  let agenda: Agenda
  private let lan: SimulatedLAN
  private let routers: [SimulatedRouter]
  private(set) var hosts: [GuardedHost] = []
  /// Whose operators ask, each how often it may still be drained.
  private var wanted: [UInt8: Int] = [:]
  /// Who was drained, in order.
  private(set) var drained: [UInt8] = []
  /// The drains that are in force, as far as an operator has begun them.
  private var isDraining: Set<UInt8> = []
  private let areMembersKnown: Bool
  /// Whether somebody who is drained may be forgotten by another node, which happens once.
  private var mayForget = false
  /// Who began anew while somebody else was drained, and was to be drained as well.
  private(set) var forgetful: UInt8?
  /// Until when only those who remember stand between a node that has forgotten and its drain.
  private var forgottenUntil = Instant.zero
  /// Until when the only one of them that has crashed lately may not know all the others.
  private var aloneUntil = Instant.zero
  /// When each process began.
  private var starts: [UInt8: Instant] = [:]

  /// `count` nodes, which know each other by name or not, and withdraw at once or say first that they drain; nil as it comes.
  init(
    seed: UInt64, count: Int? = nil, areMembersKnown: Bool? = nil, hasDrainMetric: Bool? = nil, isTold: Bool = false
  ) throws {
    agenda = Agenda(seed: seed &+ 0x6D61_696E, isTold: isTold)
    lan = SimulatedLAN(agenda, Scenario())
    routers = (1...2).map { [agenda, lan] in SimulatedRouter(number: $0, agenda: agenda, lan: lan) }
    let count = count ?? Int.random(in: 2...5, using: &agenda.random)
    let members = (1...count).map { "0.0.0.\(100 + $0)" }.joined(separator: " ")
    let areMembersKnown = areMembersKnown ?? agenda.random.chance(50)
    self.areMembersKnown = areMembersKnown
    let hasDrainMetric = hasDrainMetric ?? agenda.random.chance(60)
    let hasGuard = agenda.random.chance(50)
    for number in 1...count {
      let host = GuardedHost(number: 100 + UInt8(number), minimumNodes: hasGuard ? 1 : 0, agenda: agenda, lan: lan)
      host.serviceLines = ["tag state"] + (hasDrainMetric ? ["drain metric 1000 for 5s"] : [])
      host.fileLines = areMembersKnown ? ["fleet members \(members)"] : []
      hosts.append(host)
    }
    for router in routers { router.start() }
    for host in hosts { try host.start() }
    run(for: .seconds(40))
  }

  func run(for duration: Duration) {
    agenda.run(until: agenda.now + duration, lan.stations) { self.look() }
  }

  /// Never are two nodes of the service in maintenance at a time, whatever becomes of the network.
  private func look() {
    let now = hosts.filter { $0.state == .draining || $0.state == .drained }
    if now.count > 1 { agenda.note("\(now.map { "\($0.number) is \($0.state.map { "\($0)" } ?? "-")" })") }
  }

  /// The operator of a node asks until its drain has begun, works on it for a while, and ends it.
  func maintain(_ host: GuardedHost, times: Int = 1) {
    wanted[host.number, default: 0] += times
    agenda.tell("\(host.number) is to be drained")
    ask(host)
  }

  private func ask(_ host: GuardedHost) {
    guard wanted[host.number, default: 0] > 0 else { return }
    var hasBegun = false
    host.call { node, now in
      let progress = try? node.drainExclusively(["dns"], for: nil, reason: nil, isForced: false, at: now)
      hasBegun = progress == .begun
    }
    guard hasBegun, isDraining.insert(host.number).inserted else {
      return agenda.after(.seconds(1)) { [weak self] in self?.ask(host) }
    }
    agenda.tell("\(host.number) is drained")
    drained.append(host.number)
    wanted[host.number, default: 1] -= 1
    let work = forgets(host) ? .seconds(60) : agenda.random.duration(.seconds(6)...(.seconds(20)))
    agenda.after(work) { [weak self] in
      self?.agenda.tell("\(host.number) is done")
      self?.isDraining.remove(host.number)
      host.call { try? $0.undrain(["dns"], at: $1) }
      self?.ask(host)
    }
  }

  /// While one node is drained for long, another one may be started anew. It knows of nobody who is not there, and its operator wants its
  /// turn: those who remember must not give their consent.
  private func forgets(_ drained: GuardedHost) -> Bool {
    guard mayForget, !areMembersKnown, agenda.random.chance(50) else { return false }
    let others = hosts.filter { $0 !== drained && $0.node != nil && !isDraining.contains($0.number) }
    guard let forgetful = others.randomElement(using: &agenda.random),
      others.contains(where: { $0 !== forgetful && agenda.now > starts[$0.number, default: .zero] + .seconds(60) })
    else { return false }
    agenda.tell("\(forgetful.number) is started anew, and is to be drained")
    mayForget = false
    self.forgetful = forgetful.number
    forgottenUntil = agenda.now + .seconds(61)
    forgetful.crash()
    agenda.after(.seconds(1)) { [weak self] in try? self?.start(forgetful) }
    agenda.after(.seconds(15)) { [weak self] in self?.maintain(forgetful) }
    return true
  }

  private func start(_ host: GuardedHost) throws {
    guard host.node == nil else { return }
    starts[host.number] = agenda.now
    try host.start()
  }

  func cutOff(_ host: GuardedHost) { lan.change(host.port) { $0.part = 1 } }

  var isDone: Bool { wanted.values.allSatisfy { $0 == 0 } && isDraining.isEmpty }

  /// Until everybody who asked has had its turn, at most for `limit`.
  func finish(within limit: Duration) {
    let end = agenda.now + limit
    while !isDone, agenda.now < end { run(for: .seconds(1)) }
    guard !isDone else { return }
    agenda.note("after \(limit) still to be drained: \(wanted.filter { $0.value > 0 }.keys.sorted())")
    for host in hosts where wanted[host.number, default: 0] > 0 {
      host.call { node, now in
        let progress = try? node.drainExclusively(["dns"], for: nil, reason: nil, isForced: false, at: now)
        agenda.tell("\(host.number), \(host.state.map { "\($0)" } ?? "-"): \(progress.map { "\($0)" } ?? "refused")")
        for other in node.fleetSnapshot(at: now).first?.advertisers ?? [] { agenda.tell("  \(other)") }
      }
    }
  }

  // MARK: - Stories

  /// Operators who ask at once, or nearly, while packets are lost and nodes are cut off, crash and come back.
  func violations(isDisturbed: Bool) throws -> [String] {
    let instants = (1...3).map { _ in isDisturbed ? agenda.random.duration(.zero...(.seconds(60))) : .zero }
    for host in hosts where agenda.random.chance(70) {
      let times = Int.random(in: 1...2, using: &agenda.random)
      let instant = instants.randomElement(using: &agenda.random) ?? .zero
      agenda.after(instant + (agenda.random.chance(50) ? .zero : agenda.random.duration(.zero...(.seconds(8))))) { [weak self] in
        self?.maintain(host, times: times)
      }
    }
    mayForget = isDisturbed
    if isDisturbed {
      for _ in 0..<Int.random(in: 4...12, using: &agenda.random) {
        try disturb()
        run(for: agenda.random.duration(.milliseconds(10)...(.seconds(12))))
      }
      for port in lan.ports.indices {
        lan.change(port) {
          $0.loss = 0
          $0.part = 0
        }
      }
      for host in hosts { try start(host) }
      for host in hosts { host.isWell = true }
    }
    run(for: .seconds(70))
    finish(within: .seconds(900))
    return agenda.violations
  }

  private func disturb() throws {
    guard let host = hosts.randomElement(using: &agenda.random) else { return }
    switch Int.random(in: 0..<100, using: &agenda.random) {
    case ..<35:
      let loss = Int.random(in: 5...70, using: &agenda.random)
      agenda.tell("\(host.number) loses \(loss) %")
      lan.change(host.port) { $0.loss = loss }
    case ..<60:
      let part = agenda.random.chance(50) ? 0 : 1
      agenda.tell("\(host.number) goes to part \(part)")
      lan.change(host.port) { $0.part = part }
    case ..<75:
      guard let router = routers.randomElement(using: &agenda.random) else { return }
      let part = agenda.random.chance(50) ? 0 : 1
      agenda.tell("router \(router.number) goes to part \(part)")
      lan.change(router.port) { $0.part = part }
    case ..<85:
      // Who is in maintenance has no server that fails by itself. Who remembers nobody is remembered by somebody: where the members are
      // not configured, not by one who has crashed as well.
      guard !isDraining.contains(host.number), agenda.now > forgottenUntil else { return }
      if !areMembersKnown {
        guard hosts.count > 2, agenda.now > aloneUntil else { return }
        aloneUntil = agenda.now + .seconds(100)
      }
      agenda.tell("crash of \(host.number)")
      host.crash()
    default:
      try start(host)
    }
  }
}
