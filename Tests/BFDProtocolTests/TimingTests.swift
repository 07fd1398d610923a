import OSPFProtocol
import OSPFWire
import Testing

@testable import BFDProtocol

@Suite("RFC 5880 6.8.1 to 6.8.7 and 6.5: intervals and Poll Sequences")
struct TimingTests {
  private func intervals(_ bench: SessionBench) -> [Duration] {
    let times = bench.takeSentWithTimes().filter { !$0.packet.final }.map(\.at)
    return zip(times, times.dropFirst()).map { $1 - $0 }
  }

  @Test("6.8.3: a session that is not Up says and keeps at least one second, and begins at once")
  func slowStart() {
    let bench = SessionBench()
    bench.run(.seconds(20))
    #expect(bench.sent.first?.at == .zero)
    #expect(bench.sent.allSatisfy { $0.packet.desiredMinTxInterval.rawValue == 1_000_000 })
    let intervals = intervals(bench)
    #expect(intervals.allSatisfy { (.milliseconds(750)...(.seconds(1))).contains($0) })
    #expect(intervals.count >= 19)
  }

  @Test("6.8.3: a slower interval than a second is kept in every state")
  func slowerThanSlowStart() {
    let bench = SessionBench(SessionParameters(desiredMinTxInterval: .seconds(3)))
    bench.run(.seconds(30))
    #expect(bench.sent.first?.packet.desiredMinTxInterval.duration == .seconds(3))
    #expect(intervals(bench).allSatisfy { $0 >= .milliseconds(2250) })
  }

  @Test("6.8.7: packets are 75 to 100 percent of the interval apart, and not always the same")
  func jitter() {
    let bench = SessionBench()
    bench.comeUp()
    bench.run(.seconds(10), hearing: bench.packet(.up, rx: .milliseconds(40)), every: .milliseconds(90))
    let intervals = intervals(bench)
    #expect(intervals.count > 190)
    // The first one ends what the handshake began.
    #expect(intervals.dropFirst().allSatisfy { (.microseconds(37_500)...(.milliseconds(50))).contains($0) })
    #expect(Set(intervals).count > 100)
    #expect(intervals.contains { $0 < .milliseconds(40) } && intervals.contains { $0 > .milliseconds(48) })
  }

  @Test("6.8.7: with a Detect Mult of 1 they are 75 to 90 percent apart")
  func jitterWithMultiplier1() {
    var parameters = SessionParameters.bench
    parameters.detectMultiplier = 1
    let bench = SessionBench(parameters)
    bench.comeUp()
    bench.run(.seconds(10), hearing: bench.packet(.up, rx: .milliseconds(40)), every: .milliseconds(90))
    let intervals = intervals(bench).dropFirst()
    #expect(intervals.allSatisfy { (.microseconds(37_500)...(.milliseconds(45))).contains($0) })
    #expect(intervals.contains { $0 < .milliseconds(40) } && intervals.contains { $0 > .milliseconds(43) })
  }

  @Test("6.8.7: what the neighbor can receive is the lower bound of the interval")
  func remoteMinRxInterval() {
    let bench = SessionBench()
    bench.comeUp()
    bench.run(.seconds(5), hearing: bench.packet(.up, rx: .milliseconds(200)), every: .milliseconds(90))
    #expect(intervals(bench).dropFirst().allSatisfy { (.milliseconds(150)...(.milliseconds(200))).contains($0) })
  }

  @Test("6.8.2: a change of what the neighbor can receive counts at once")
  func remoteMinRxIntervalChanges() {
    let bench = SessionBench()
    bench.comeUp()
    bench.receive(bench.packet(.up, tx: .seconds(2), rx: .seconds(2)))
    bench.run(.milliseconds(1400))
    #expect(bench.takeSent().isEmpty)
    bench.receive(bench.packet(.up, tx: .seconds(2), rx: .milliseconds(50)))
    bench.run(.zero)
    #expect(bench.takeSent().count == 1)
  }

  @Test("6.8.7: a neighbor that can receive nothing gets no periodic packets, but answers to polls")
  func remoteMinRxIntervalZero() {
    let bench = SessionBench()
    bench.comeUp()
    bench.receive(bench.packet(.up, rx: .zero))
    _ = bench.takeSent()
    bench.run(.milliseconds(200))
    #expect(bench.takeSent().isEmpty)
    bench.receive(bench.packet(.up, poll: true, rx: .zero))
    #expect(bench.takeSent().map(\.final) == [true])
  }

  @Test("6.6: a neighbor in Demand mode gets no periodic packets while both are Up")
  func demandMode() {
    let bench = SessionBench()
    bench.comeUp()
    bench.receive(bench.packet(.up, demand: true))
    bench.run(.milliseconds(200))
    #expect(bench.takeSent().isEmpty)
  }

  @Test("6.8.7: in the passive role nothing is sent until the neighbor is heard, and again after it was lost")
  func passive() {
    var parameters = SessionParameters.bench
    parameters.isPassive = true
    let bench = SessionBench(parameters)
    bench.run(.seconds(5))
    #expect(bench.sent.isEmpty)
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    #expect(bench.takeSent().map(\.state) == [.`init`])
    bench.run(.seconds(1))
    _ = bench.takeSent()
    bench.run(.seconds(5))
    #expect(bench.state == .down)
    #expect(bench.takeSent().isEmpty)
  }

  @Test("6.8.4: the Detection Time is the neighbor's multiplier times the greater interval", arguments: [10, 100, 700])
  func detectionTime(tx: Int64) {
    let bench = SessionBench()
    bench.comeUp()
    var packet = bench.packet(.up, detectMultiplier: 5, tx: .milliseconds(tx))
    packet.diagnostic = .pathDown
    bench.receive(packet)
    #expect(bench.snapshot?.remoteDiagnostic == .pathDown)
    #expect(bench.snapshot?.detectionTime == .milliseconds(5 * max(tx, 50)))
  }

  @Test("The longest Detection Time that a packet can ask for is no overflow")
  func longestDetectionTime() {
    let bench = SessionBench()
    var packet = bench.packet(.down, yourDiscriminator: .zero, detectMultiplier: 255)
    packet.desiredMinTxInterval = Microseconds(rawValue: .max)
    packet.requiredMinRxInterval = Microseconds(rawValue: .max)
    bench.receive(packet)
    #expect(bench.snapshot?.detectionTime == .microseconds(255 * Int64(UInt32.max)))
    bench.run(.seconds(10))
    #expect(bench.state == .`init`)
  }

  @Test("6.8.3 and 6.5: coming up begins a Poll Sequence, which lasts until a Final bit comes")
  func pollSequence() {
    let bench = SessionBench()
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    bench.receive(bench.packet(.up))
    bench.run(.milliseconds(250))
    let polls = bench.takeSent().filter { $0.state == .up }
    #expect(polls.count > 2)
    #expect(polls.allSatisfy { $0.poll && $0.desiredMinTxInterval.duration == .milliseconds(50) })
    bench.receive(bench.packet(.up, final: true))
    bench.run(.milliseconds(250))
    #expect(bench.takeSent().allSatisfy { !$0.poll })
  }

  @Test("6.8.3: a greater Desired Min TX Interval is said at once, and used when the Poll Sequence is over")
  func desiredMinTxIncreases() {
    let bench = SessionBench()
    bench.comeUp()
    bench.receive(bench.packet(.up, rx: .milliseconds(10)))
    var parameters = SessionParameters.bench
    parameters.desiredMinTxInterval = Microseconds(.milliseconds(200))
    bench.want(parameters)
    #expect(bench.snapshot?.transmitInterval == .milliseconds(50))
    bench.run(.milliseconds(60))
    let sent = bench.takeSent()
    #expect(sent.last?.poll == true)
    #expect(sent.last?.desiredMinTxInterval.duration == .milliseconds(200))
    bench.receive(bench.packet(.up, final: true, rx: .milliseconds(10)))
    #expect(bench.snapshot?.transmitInterval == .milliseconds(200))
  }

  @Test("6.8.3: a smaller Required Min RX Interval shortens the Detection Time when the Poll Sequence is over")
  func requiredMinRxDecreases() {
    let bench = SessionBench(SessionParameters(requiredMinRxInterval: .milliseconds(300)))
    bench.comeUp()
    var parameters = SessionParameters()
    parameters.requiredMinRxInterval = Microseconds(.milliseconds(50))
    bench.want(parameters)
    bench.receive(bench.packet(.up))
    #expect(bench.snapshot?.detectionTime == .milliseconds(900))
    bench.receive(bench.packet(.up, final: true))
    #expect(bench.snapshot?.detectionTime == .milliseconds(300))
  }

  @Test("A session of which nothing else is said has FRR's times: 300 ms each way, three times")
  func defaults() {
    let parameters = SessionParameters()
    #expect(parameters.desiredMinTxInterval.duration == .milliseconds(300))
    #expect(parameters.requiredMinRxInterval.duration == .milliseconds(300))
    #expect(parameters.detectMultiplier == 3 && parameters.minimumTTL == 255)
    #expect(!parameters.isPassive && !parameters.isShutDown && parameters.authentication == nil)
  }

  @Test("6.5: a change during a Poll Sequence is followed by another one")
  func changeDuringPoll() {
    let bench = SessionBench()
    bench.comeUp()
    var parameters = SessionParameters.bench
    for milliseconds in [200, 400] {
      parameters.desiredMinTxInterval = Microseconds(.milliseconds(milliseconds))
      bench.want(parameters)
    }
    bench.receive(bench.packet(.up, final: true))
    #expect(bench.snapshot?.isPolling == true)
    #expect(bench.snapshot?.transmitInterval == .milliseconds(100))
    bench.receive(bench.packet(.up, final: true))
    #expect(bench.snapshot?.isPolling == false)
    #expect(bench.snapshot?.transmitInterval == .milliseconds(400))
  }

  @Test("6.8.3: a session that goes down is slow at once")
  func slowAfterDown() {
    let bench = SessionBench()
    bench.comeUp()
    bench.run(.milliseconds(301))
    #expect(bench.takeSent().last?.desiredMinTxInterval.rawValue == 1_000_000)
    bench.run(.milliseconds(740))
    #expect(bench.takeSent().isEmpty)
  }

  @Test("6.8.7: a change of state is told before the next periodic packet is due")
  func changeIsToldAtOnce() {
    let bench = SessionBench()
    bench.run(.milliseconds(10))
    _ = bench.takeSent()
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    #expect(bench.takeSent().map(\.state) == [.`init`])
  }

  @Test("Our packets ask for no Echo packets and claim neither Demand mode nor independence of the control plane")
  func plainPackets() {
    let bench = SessionBench()
    bench.comeUp()
    bench.run(.milliseconds(200))
    for packet in bench.takeSent() {
      #expect(packet.requiredMinEchoRxInterval == .zero)
      #expect(!packet.demand && !packet.controlPlaneIndependent)
    }
  }

  @Test("An interval is brought into the range of the field")
  func microseconds() {
    #expect(Microseconds(.seconds(5000)).rawValue == .max)
    #expect(Microseconds(.seconds(Int64.max)).rawValue == .max)
    #expect(Microseconds(.seconds(-1)).rawValue == 0)
    #expect(Microseconds(.seconds(Int64.min)).rawValue == 0)
    #expect(Microseconds(.nanoseconds(3_300_999)).rawValue == 3300)
  }

  @Test("6.8.3: a greater Required Min RX Interval lengthens the Detection Time at once")
  func requiredMinRxIncreases() {
    let bench = SessionBench()
    bench.comeUp()
    var parameters = SessionParameters.bench
    parameters.requiredMinRxInterval = Microseconds(.milliseconds(400))
    bench.want(parameters)
    #expect(bench.snapshot?.detectionTime == .milliseconds(1200))
  }

  @Test("6.8.7: in AdminDown, too, packets go on when a neighbor that could receive nothing can again")
  func remoteMinRxIntervalInAdminDown() {
    var parameters = SessionParameters.bench
    parameters.isShutDown = true
    let bench = SessionBench(parameters)
    bench.run(.milliseconds(10))
    bench.receive(bench.packet(.down, rx: .zero))
    _ = bench.takeSent()
    bench.run(.seconds(5))
    #expect(bench.takeSent().isEmpty)
    bench.receive(bench.packet(.down, rx: .milliseconds(100)))
    bench.run(.seconds(2))
    #expect(bench.takeSent().map(\.state).contains(.adminDown))
  }

  @Test("The Detect Mult is 1 at least")
  func detectMultiplier() {
    #expect((0...2).map { SessionParameters(detectMultiplier: $0).detectMultiplier } == [1, 1, 2])
  }

  @Test("4.1: no interval is said to be zero")
  func noZero() {
    let parameters = SessionParameters(desiredMinTxInterval: .zero, requiredMinRxInterval: .zero)
    #expect(parameters.desiredMinTxInterval.rawValue == 1 && parameters.requiredMinRxInterval.rawValue == 1)
  }
}
