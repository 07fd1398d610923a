import AnycastPolicy
import FlightRecords
import OSPFProtocol
import OSPFWire

/// The last minutes of this node in memory: every OSPF packet in and out, every event, and the parameters under which all that happened,
/// to be written down when something has gone wrong. What is older than the period, or does not fit into the memory that there is for it,
/// is forgotten, but for what was true when what is kept began.
public struct FlightRecorder: Sendable {
  public static let period: Duration = .seconds(300)
  public static let memoryLimit = 8 << 20
  /// After a recording that nobody asked for there is none for so long: what follows from one failure is in one file.
  public static let quietTime: Duration = .seconds(60)

  /// So many octets a record takes beside its packet or its words, about.
  static let overhead = 128
  /// And so many one with a fact.
  private static let factOverhead = 640
  /// What is forgotten at once: so that a copy of the records costs little, and the oldest ones are found without a search.
  private static let chunkLimit = 128 << 10

  private struct Chunk: Sendable {
    var records: [FlightRecord] = []
    var octets = 0
  }

  private var chunks: [Chunk] = [Chunk()]
  private let memoryLimit: Int
  /// The last fact about each subject of those that were forgotten with their time.
  private var standing: [RecordedFact.Subject: FlightRecord] = [:]
  /// How much of the memory these take.
  private var standingOctets = 0
  /// How much memory the records take, about.
  public private(set) var octets = 0
  private var lastOccasion: Instant?
  /// When each service was last withdrawn by its checks.
  private var withdrawals: [String: Instant] = [:]

  public init(memoryLimit: Int = memoryLimit) { self.memoryLimit = memoryLimit }

  public mutating func note(_ packet: FlightRecord.Packet, at now: Instant) {
    append(FlightRecord(time: now, content: .packet(packet)), packet.bytes.count)
  }

  /// Something happened, in the words of the log, and, where there is more to it, for programs.
  public mutating func note(_ words: String, _ fact: RecordedFact? = nil, at now: Instant) {
    append(FlightRecord(time: now, content: .event(words, fact: fact)), words.utf8.count)
  }

  private mutating func append(_ record: FlightRecord, _ size: Int) {
    let cost = size + (record.fact.map { Self.factOverhead + $0.octets } ?? Self.overhead)
    if chunks[chunks.count - 1].octets + cost > min(Self.chunkLimit, memoryLimit / 8) { chunks.append(Chunk()) }
    chunks[chunks.count - 1].records.append(record)
    chunks[chunks.count - 1].octets += cost
    octets += cost
    while chunks.count > 1,
      octets > memoryLimit || chunks[0].records.last.map({ record.time - $0.time > Self.period }) ?? true
    {
      let chunk = chunks.removeFirst()
      octets -= chunk.octets
      for record in chunk.records { remember(record) }
    }
  }

  /// A record is forgotten, and what it says may still be true. Where there is too much of that, what is new is not remembered.
  private mutating func remember(_ record: FlightRecord) {
    guard case .event(let words, let fact?) = record.content, let subject = fact.subject else { return }
    let cost = words.utf8.count + Self.factOverhead + fact.octets
    if case .event(let former, let formerFact)? = standing.removeValue(forKey: subject)?.content {
      let formerCost = former.utf8.count + Self.factOverhead + (formerFact?.octets ?? 0)
      standingOctets -= formerCost
      octets -= formerCost
    }
    guard !fact.isEnd, standingOctets + cost <= memoryLimit / 4 else { return }
    standing[subject] = record
    standingOctets += cost
    octets += cost
  }

  /// Everything of the period, the oldest first, after what was true when it began.
  public func records(at now: Instant) -> [FlightRecord] {
    let all = chunks.flatMap(\.records)
    var standing = standing
    for record in all where now - record.time > Self.period {
      guard let fact = record.fact, let subject = fact.subject else { continue }
      standing[subject] = fact.isEnd ? nil : record
    }
    // What came at the same instant stands in an order that does not change from run to run.
    let former = standing.values.map { (record: $0, words: $0.words) }.sorted {
      ($0.record.time, $0.words) < ($1.record.time, $1.words)
    }
    return former.map(\.record) + all.filter { now - $0.time <= Self.period }
  }

  /// What an event makes worth to be written down; nil where it is nothing, or where that was done a short while ago.
  public mutating func occasion(of event: NodeEvent, at now: Instant) -> Occasion? {
    guard let occasion = occasion(event, now), lastOccasion.map({ now - $0 >= Self.quietTime }) ?? true else { return nil }
    lastOccasion = now
    return occasion
  }

  private mutating func occasion(_ event: NodeEvent, _ now: Instant) -> Occasion? {
    switch event {
    case .router(_, .neighborStateChanged(_, .full, let state, _), _) where state < .full: return .adjacencyLost
    case .policy(.serviceHeldDown): return .serviceFlaps
    case .policy(.serviceStateChanged(let service, let from, let to, _)) where from.isServing && to.isFailing:
      defer { withdrawals[service] = now }
      return withdrawals[service].map { now - $0 <= Self.period } ?? false ? .serviceFlaps : nil
    default: return nil
    }
  }

  /// What a recording is written for; the raw value is a part of the file's name.
  public enum Occasion: String, Sendable, CaseIterable {
    case adjacencyLost = "adjacency-lost"
    case serviceFlaps = "service-flaps"
    case asked
  }
}

/// One packet, or one event.
public struct FlightRecord: Hashable, Sendable {
  public var time: Instant
  public var content: Content

  public enum Content: Hashable, Sendable {
    case packet(Packet)
    case event(String, fact: RecordedFact? = nil)
  }

  fileprivate var words: String { if case .event(let words, _) = content { words } else { "" } }

  /// What an event says to programs.
  public var fact: RecordedFact? { if case .event(_, let fact) = content { fact } else { nil } }

  public init(time: Instant, content: Content) {
    self.time = time
    self.content = content
  }

  /// A packet as it went through a socket.
  public struct Packet: Hashable, Sendable {
    public var interfaceIndex: UInt32
    public var source: IPAddress
    public var destination: IPAddress
    public var direction: Direction
    public var kind: Kind
    /// What the IP datagram carries, in BFD what the UDP datagram does.
    public var bytes: [UInt8]

    public enum Direction: Hashable, Sendable {
      case inbound, outbound
    }

    public enum Kind: Hashable, Sendable {
      case ospf, bfd
    }

    public init(
      interfaceIndex: UInt32, source: IPAddress, destination: IPAddress, direction: Direction, kind: Kind = .ospf, bytes: [UInt8]
    ) {
      self.interfaceIndex = interfaceIndex
      self.source = source
      self.destination = destination
      self.direction = direction
      self.kind = kind
      self.bytes = bytes
    }

    public init(_ datagram: Datagram) {
      self.init(
        interfaceIndex: datagram.interfaceIndex, source: datagram.source, destination: datagram.destination, direction: .inbound,
        bytes: datagram.bytes)
    }

    /// The checksum of OSPFv3 is what the socket makes it.
    public init(_ transmission: Transmission) {
      self.init(
        interfaceIndex: transmission.interfaceIndex, source: transmission.source, destination: transmission.destination,
        direction: .outbound, bytes: transmission.bytes)
      guard transmission.wantsChecksum, let source = source.v6, let destination = destination.v6,
        let checksum = InternetChecksum.compute(ospfv3: bytes.rawSpan, source: source, destination: destination)
      else { return }
      bytes[12] = UInt8(truncatingIfNeeded: checksum >> 8)
      bytes[13] = UInt8(truncatingIfNeeded: checksum)
    }
  }
}

extension ServiceState {
  fileprivate var isServing: Bool { self == .up || self == .degraded }

  /// Whether its checks have taken it from service.
  fileprivate var isFailing: Bool { self == .down || self == .lastResort || self == .damped }
}
