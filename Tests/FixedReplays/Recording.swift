import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// Everything that an engine was told in one run. The engine is a function of that: played again to a new engine with the same seed, the
/// same happens to the octet.
struct Recording {
  enum Input {
    case receive(Datagram)
    case advance
    case advertise([Advertisement])
  }

  let engine: Engine.Setup
  let inputs: [(time: Instant, input: Input)]

  /// Plays it to a new engine, and lets go of what that says.
  @inline(never)
  func play() {
    let (router, sink) = engine.start()
    for (time, input) in inputs {
      switch input {
      case .receive(let datagram): router.receive(datagram, at: time)
      case .advance: router.advance(to: time)
      case .advertise(let advertisements): router.advertise(advertisements, at: time)
      }
      _ = sink.drain()
    }
  }
}

/// One of two engines on a network.
struct Engine {
  struct Setup {
    let configuration: RouterConfiguration
    let interface: InterfaceDefinition
    let seed: UInt64

    static let beginning = Instant(nanoseconds: 1_000_000_007)

    func start() -> (Router, OutputSink) {
      let sink = OutputSink()
      let router = Router(
        configuration: configuration, seed: seed, sequenceNumbers: SequenceNumberReservation(wallClock: 0), at: Self.beginning,
        sink: sink)
      router.setInterfaces([interface], at: Self.beginning)
      return (router, sink)
    }
  }

  let setup: Setup
  let router: Router
  let sink: OutputSink
  var inputs: [(time: Instant, input: Recording.Input)] = []

  init(_ setup: Setup) {
    self.setup = setup
    (router, sink) = setup.start()
  }
}

/// Two engines on a point-to-point network, which records what each is told.
struct RecordedPair {
  private var engines: [Engine]
  private var underWay: [(time: Instant, receiver: Int, datagram: Datagram)] = []
  private(set) var now = Engine.Setup.beginning
  private static let delay = Duration.microseconds(200)

  init(_ instance: ProtocolInstance) {
    engines = (1...2).map { number in
      Engine(
        Engine.Setup(
          configuration: instance.translate(
            .bench(RouterID(rawValue: UInt32(number) * 0x0101_0101))),
          interface: instance.translate(
            .bench(IPv4Address(192, 0, 2, UInt8(number)), index: UInt32(number), type: .pointToPoint, priority: 1)),
          seed: UInt64(number)))
    }
    for index in 0...1 { send(from: index) }
  }

  /// What the first engine was told.
  var recording: Recording { Recording(engine: engines[0].setup, inputs: engines[0].inputs) }

  /// Has an engine advertise.
  mutating func advertise(_ advertisements: [Advertisement], from index: Int) {
    tell(index, .advertise(advertisements))
  }

  /// Lets virtual time pass.
  mutating func run(for duration: Duration) {
    let end = now + duration
    while let next = [engines[0].router.nextDeadline, engines[1].router.nextDeadline, underWay.first?.time].compactMap({ $0 })
      .min(),
      next <= end
    {
      now = max(now, next)
      if let first = underWay.first, first.time <= now {
        underWay.removeFirst()
        tell(first.receiver, .receive(first.datagram))
      } else {
        for index in 0...1 where engines[index].router.nextDeadline.map({ $0 <= now }) ?? false { tell(index, .advance) }
      }
    }
    now = end
  }

  /// How many LSAs of the other the first engine has.
  var learned: Int {
    let own = engines[0].setup.configuration.routerID
    return engines[0].router.databaseSnapshot(at: now).count { $0.header.key.advertisingRouter != own }
  }

  /// How many LSAs of the first engine the other has.
  var taught: Int {
    let own = engines[0].setup.configuration.routerID
    return engines[1].router.databaseSnapshot(at: now).count { $0.header.key.advertisingRouter == own }
  }

  private mutating func tell(_ index: Int, _ input: Recording.Input) {
    engines[index].inputs.append((now, input))
    switch input {
    case .receive(let datagram): engines[index].router.receive(datagram, at: now)
    case .advance: engines[index].router.advance(to: now)
    case .advertise(let advertisements): engines[index].router.advertise(advertisements, at: now)
    }
    send(from: index)
  }

  private mutating func send(from index: Int) {
    let receiver = 1 - index
    for case .transmit(let transmission) in engines[index].sink.drain() {
      let datagram = Datagram(
        interfaceIndex: engines[receiver].setup.interface.index, source: transmission.source,
        destination: transmission.destination, bytes: transmission.bytes, timeToLive: 1)
      underWay.append((now + Self.delay, receiver, datagram))
    }
  }
}
