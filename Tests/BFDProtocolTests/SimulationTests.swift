import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@testable import BFDProtocol

/// Two sessions over a link that loses, delays and repeats packets, hosts that stand still for a while, and restarts; all from a seed.
struct TwoSystems {
  struct System {
    var sessions: SessionSet
    let key: SessionKey
    /// Until when the host stands still; what arrives meanwhile waits in the socket.
    var asleepUntil = Instant.zero
    var waiting: [(at: Instant, octets: [UInt8])] = []
    var states: [SessionState] = []
  }

  var random: SplitMix64
  var now = Instant.zero
  var systems: [System]
  var flying: [(at: Instant, to: Int, octets: [UInt8])] = []
  var lossPercent = 0
  var reorders = false
  var delay: ClosedRange<Duration> = .microseconds(50)...(.microseconds(500))
  let parameters: [SessionParameters]

  init(seed: UInt64, _ parameters: [SessionParameters]) {
    random = SplitMix64(seed: seed)
    self.parameters = parameters
    let addresses = [IPAddress.v4(IPv4Address(rawValue: 1)), .v4(IPv4Address(rawValue: 2))]
    systems = (0..<2).map { number in
      System(
        sessions: SessionSet(seed: seed &* 2 &+ UInt64(number), sink: SessionSink()),
        key: SessionKey(interfaceIndex: 1, local: addresses[number], remote: addresses[1 - number]))
    }
    for number in 0..<2 { begin(number) }
  }

  private mutating func begin(_ number: Int) {
    systems[number].sessions.setSessions(
      [SessionDefinition(key: systems[number].key, parameters: parameters[number])], at: now)
    collect(number)
  }

  /// A new process: nothing is known, and the old one said nothing.
  mutating func restart(_ number: Int) {
    systems[number].sessions = SessionSet(seed: random.next(), sink: SessionSink())
    systems[number].waiting = []
    begin(number)
  }

  mutating func run(_ duration: Duration) {
    let end = now + duration
    while let next = nextInstant, next <= end {
      now = max(now, next)
      let landed = flying.filter { $0.at <= now }
      flying.removeAll { $0.at <= now }
      for packet in landed { systems[packet.to].waiting.append((packet.at, packet.octets)) }
      for number in 0..<2 where systems[number].asleepUntil <= now { turn(number) }
    }
    now = end
  }

  private var nextInstant: Instant? {
    let awake = systems.compactMap { system in
      (system.waiting.isEmpty ? system.sessions.nextDeadline : now).map { max($0, system.asleepUntil) }
    }
    return (awake + flying.map(\.at)).min()
  }

  /// As the thread does it: first everything that has arrived, then time.
  private mutating func turn(_ number: Int) {
    let key = systems[number].key
    for packet in systems[number].waiting {
      let arrival = Arrival(interfaceIndex: 1, source: key.remote, destination: key.local, ttl: 255, time: packet.at)
      systems[number].sessions.receive(arrival, packet.octets.rawSpan, at: now)
    }
    systems[number].waiting = []
    systems[number].sessions.advance(to: now)
    collect(number)
  }

  private mutating func collect(_ number: Int) {
    let sink = systems[number].sessions.sink
    for transmission in sink.transmissions where !random.chance(lossPercent) {
      // One hop does not reorder what it delays, unless the test says so.
      var landing = now + random.duration(delay)
      if !reorders { landing = max(landing, flying.filter { $0.to == 1 - number }.map(\.at).max() ?? landing) }
      flying.append((landing, 1 - number, Array(sink.octets[transmission.range])))
    }
    for case .sessionStateChanged(_, _, let to, _, _) in sink.events { systems[number].states.append(to) }
    sink.removeAll()
  }

  var areUp: Bool { systems.allSatisfy { $0.sessions.snapshots(at: now).first?.state == .up } }
  /// How often a session that was Up went down.
  var falls: Int { systems.map { $0.states.filter { $0 == .down }.count }.reduce(0, +) }
}

@Suite("Two systems in virtual time")
struct SimulationTests {
  private static let authentication = SessionAuthentication(
    type: .meticulousKeyedSHA1, keys: [.init(id: 1, secret: Secret("simulation"))])

  /// Parameters drawn from the seed.
  private static func parameters(_ seed: UInt64) -> [SessionParameters] {
    var random = SplitMix64(seed: seed)
    let isAuthenticated = random.chance(30)
    return (0..<2).map { number in
      let intervals: [Duration] = [.microseconds(3300), .milliseconds(10), .milliseconds(50), .milliseconds(300)]
      return SessionParameters(
        desiredMinTxInterval: intervals.randomElement(using: &random) ?? .milliseconds(50),
        requiredMinRxInterval: intervals.randomElement(using: &random) ?? .milliseconds(50),
        detectMultiplier: UInt8.random(in: 2...5, using: &random), isPassive: number == 1 && random.chance(30),
        authentication: isAuthenticated ? authentication : nil)
    }
  }

  @Test("On a good link they come up within 3 s and never fall, with any intervals", arguments: 0..<100 as Range<UInt64>)
  func comeUp(seed: UInt64) {
    var systems = TwoSystems(seed: seed, Self.parameters(seed))
    systems.run(.seconds(3))
    #expect(systems.areUp)
    systems.run(.seconds(6))
    #expect(systems.areUp)
    #expect(systems.falls == 0)
  }

  @Test("Multiplier 1 holds as well, as long as nothing is lost", arguments: 0..<20 as Range<UInt64>)
  func multiplier1(seed: UInt64) {
    let parameters = SessionParameters(
      desiredMinTxInterval: .milliseconds(50), requiredMinRxInterval: .milliseconds(50), detectMultiplier: 1)
    var systems = TwoSystems(seed: seed, [parameters, parameters])
    systems.run(.seconds(60))
    #expect(systems.areUp)
    #expect(systems.falls == 0)
  }

  @Test("After loss, stillness and restarts they are up again within 8 s", arguments: 0..<100 as Range<UInt64>)
  func disturbed(seed: UInt64) {
    var systems = TwoSystems(seed: seed, Self.parameters(seed))
    var random = SplitMix64(seed: seed &+ 1000)
    for _ in 0..<10 {
      systems.reorders = random.chance(50)
      systems.lossPercent = random.chance(30) ? 100 : Int.random(in: 0...60, using: &random)
      systems.delay = .microseconds(50)...(random.chance(50) ? .milliseconds(40) : .microseconds(500))
      if random.chance(30) { systems.restart(Int.random(in: 0...1, using: &random)) }
      if random.chance(30) {
        systems.systems[Int.random(in: 0...1, using: &random)].asleepUntil =
          systems.now + random.duration(.milliseconds(1)...(.seconds(5)))
      }
      systems.run(random.duration(.milliseconds(10)...(.seconds(3))))
    }
    systems.lossPercent = 0
    systems.reorders = false
    systems.delay = .microseconds(50)...(.microseconds(500))
    systems.run(.seconds(5))
    for number in 0..<2 { systems.systems[number].asleepUntil = systems.now }
    systems.run(.seconds(8))
    #expect(systems.areUp, "seed \(seed)")
    let falls = systems.falls
    systems.run(.seconds(10))
    #expect(systems.falls == falls, "seed \(seed)")
  }

  @Test("A cut link is noticed by both within their Detection Time", arguments: 0..<50 as Range<UInt64>)
  func cut(seed: UInt64) {
    var systems = TwoSystems(seed: seed, Self.parameters(seed))
    systems.run(.seconds(5))
    let times = systems.systems.compactMap { $0.sessions.snapshots(at: systems.now).first?.detectionTime }
    #expect(times.count == 2)
    systems.lossPercent = 100
    systems.run((times.max() ?? .zero) + .milliseconds(1))
    #expect(systems.systems.allSatisfy { $0.sessions.snapshots(at: systems.now).first?.state == .down })
  }

  @Test(
    "A host that stood still reads what waits before it judges: its own session does not fall", arguments: 0..<50 as Range<UInt64>
  )
  func stillness(seed: UInt64) {
    let parameters = [
      SessionParameters(desiredMinTxInterval: .milliseconds(50), requiredMinRxInterval: .milliseconds(50)),
      SessionParameters(
        desiredMinTxInterval: .milliseconds(50), requiredMinRxInterval: .milliseconds(50)),
    ]
    var patient = parameters
    patient[0].detectMultiplier = 40
    var systems = TwoSystems(seed: seed, patient)
    systems.run(.seconds(3))
    // The neighbor of the one that sleeps waits for 2 s; the sleeper itself waits for 150 ms only.
    for _ in 0..<5 {
      systems.systems[0].asleepUntil = systems.now + .milliseconds(1500)
      systems.run(.seconds(3))
    }
    #expect(systems.areUp)
    #expect(systems.falls == 0)
  }
}
