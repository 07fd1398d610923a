import Testing

@testable import BFDProtocol

@Suite("RFC 5880 6.2 and 6.8.6: the state machine")
struct StateMachineTests {
  /// The whole table: for every state, where each event leads; nil where it changes nothing.
  private static let table: [SessionState: [SessionEvent: SessionState]] = [
    .adminDown: [.enabled: .down],
    .down: [.receivedDown: .`init`, .receivedInit: .up, .disabled: .adminDown],
    .`init`: [
      .receivedInit: .up, .receivedUp: .up, .receivedAdminDown: .down, .detectionTimeExpired: .down, .disabled: .adminDown,
    ],
    .up: [.receivedDown: .down, .receivedAdminDown: .down, .detectionTimeExpired: .down, .disabled: .adminDown],
  ]

  @Test("Every event in every state", arguments: SessionState.allCases, SessionEvent.allCases)
  func transition(state: SessionState, event: SessionEvent) {
    #expect(state.transition(on: event)?.next == Self.table[state]?[event])
  }

  @Test("6.2: two systems that are Down come up in three steps, whoever begins")
  func handshake() {
    let bench = SessionBench()
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    #expect(bench.state == .`init`)
    bench.receive(bench.packet(.up))
    #expect(bench.state == .up)
    let other = SessionBench()
    other.receive(other.packet(.down, yourDiscriminator: .zero))
    other.receive(other.packet(.`init`))
    #expect(other.states == [.`init`, .up])
  }

  @Test("6.8.6: a neighbor in Init takes a session that is Down to Up")
  func initTakesDownToUp() {
    let bench = SessionBench()
    bench.receive(bench.packet(.`init`))
    #expect(bench.state == .up)
  }

  @Test("6.8.6: Up from a neighbor whose session we do not have yet changes nothing")
  func upInDown() {
    let bench = SessionBench()
    bench.receive(bench.packet(.up))
    #expect(bench.state == .down)
  }

  @Test(
    "6.8.6: a neighbor that is Down or AdminDown takes the session down, with diagnostic 3",
    arguments: [SessionState.down, .adminDown])
  func neighborSignalsDown(state: SessionState) {
    let bench = SessionBench()
    bench.comeUp()
    bench.receive(bench.packet(state))
    #expect(bench.state == .down)
    #expect(bench.snapshot?.diagnostic == .neighborSignaledSessionDown)
    let event: SessionEvent = state == .down ? .receivedDown : .receivedAdminDown
    #expect(
      bench.events.last
        == .sessionStateChanged(
          SessionBench.key, from: .up, to: .down, event: event, diagnostic: .neighborSignaledSessionDown))
  }

  @Test("6.8.4: a session whose Detection Time runs out goes down, with diagnostic 1, and forgets the neighbor's discriminator")
  func detectionTimeExpires() {
    let bench = SessionBench()
    bench.comeUp()
    bench.run(.milliseconds(299))
    #expect(bench.state == .up)
    bench.run(.milliseconds(1))
    #expect(bench.state == .down)
    #expect(bench.snapshot?.diagnostic == .controlDetectionTimeExpired)
    #expect(bench.snapshot?.remoteDiscriminator == .zero)
    #expect(bench.takeSent().last?.yourDiscriminator == .zero)
  }

  @Test("6.8.4: a session in Init goes down as well")
  func detectionTimeExpiresInInit() {
    let bench = SessionBench()
    bench.receive(bench.packet(.down, yourDiscriminator: .zero, tx: .seconds(1)))
    bench.run(.milliseconds(2999))
    #expect(bench.state == .`init`)
    bench.run(.milliseconds(1))
    #expect(bench.state == .down)
  }

  @Test("6.8.16: a session that is shut down says AdminDown with diagnostic 7, and takes nothing from the neighbor")
  func shutDown() {
    let bench = SessionBench()
    bench.comeUp()
    var parameters = SessionParameters.bench
    parameters.isShutDown = true
    bench.want(parameters)
    let packet = bench.takeSent().last
    #expect(packet?.state == .adminDown)
    #expect(packet?.diagnostic == .administrativelyDown)
    bench.receive(bench.packet(.down))
    bench.receive(bench.packet(.`init`))
    #expect(bench.state == .adminDown)
    #expect(bench.refusals == [])
    bench.want(.bench)
    #expect(bench.state == .down)
  }

  @Test("6.8.16: a session that ends says AdminDown for a Detection Time, and then is gone")
  func leaving() {
    let bench = SessionBench()
    bench.comeUp()
    bench.want(nil)
    #expect(bench.takeSent().map(\.state) == [.adminDown])
    bench.run(.milliseconds(2900))
    let repeated = bench.takeSent()
    #expect((2...3).contains(repeated.count))
    #expect(repeated.allSatisfy { $0.state == .adminDown })
    bench.run(.milliseconds(100))
    #expect(bench.events.last == .sessionEnded(SessionBench.key))
    #expect(bench.sessions.nextDeadline == nil)
  }

  @Test("6.8.16: a Detection Time of the neighbor, which may want packets more seldom than we would send them")
  func leavingSlowNeighbor() {
    let bench = SessionBench()
    bench.comeUp()
    bench.receive(bench.packet(.up, rx: .seconds(2)))
    bench.want(nil)
    bench.run(.milliseconds(5900))
    #expect(bench.events.last != .sessionEnded(SessionBench.key))
    bench.run(.milliseconds(100))
    #expect(bench.events.last == .sessionEnded(SessionBench.key))
  }

  @Test("6.8.16: of two sessions that end, each is gone in its own time")
  func leavingApart() {
    let bench = SessionBench(isWanted: false)
    var quick = SessionParameters.bench
    quick.detectMultiplier = 1
    var other = SessionBench.key
    other.interfaceIndex = 8
    let definitions = [
      SessionDefinition(key: SessionBench.key, parameters: .bench), SessionDefinition(key: other, parameters: quick),
    ]
    bench.sessions.setSessions(definitions, at: bench.now)
    bench.want(nil)
    bench.run(.seconds(1))
    #expect(bench.events.contains(.sessionEnded(other)) && !bench.events.contains(.sessionEnded(SessionBench.key)))
    bench.run(.seconds(2))
    #expect(bench.events.last == .sessionEnded(SessionBench.key))
  }

  @Test("A session that is wanted again while it leaves begins anew under its discriminator")
  func wantedAgain() {
    let bench = SessionBench()
    bench.comeUp()
    let discriminator = bench.ours
    bench.want(nil)
    bench.want(.bench)
    #expect(bench.state == .down)
    #expect(bench.ours == discriminator)
    bench.receive(bench.packet(.down))
    bench.receive(bench.packet(.up))
    #expect(bench.state == .up)
  }

  @Test("A session that is wanted as it was goes on as if nothing had been said")
  func wantedUnchanged() {
    let bench = SessionBench()
    bench.run(.milliseconds(10))
    _ = bench.takeSent()
    let deadline = bench.sessions.nextDeadline
    bench.want(.bench)
    #expect(bench.takeSent().isEmpty)
    #expect(bench.sessions.nextDeadline == deadline)
  }
}
