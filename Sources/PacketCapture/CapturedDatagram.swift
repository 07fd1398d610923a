import OSPFWire

/// One OSPF packet of a capture: the payload of an IP datagram of protocol 89, reassembled when it came in fragments.
public struct CapturedDatagram: Hashable, Sendable {
  /// When it was captured: the time since 1970-01-01 00:00:00 UTC, to the nanosecond where the file has that. A datagram that
  /// came in fragments has the time of the one that completed it.
  public var timestamp: Duration
  /// The IP source address.
  public var source: IPAddress
  /// The IP destination address.
  public var destination: IPAddress
  /// The IP time to live, in IPv6 the hop limit.
  public var ttl: UInt8
  /// The IP payload, OSPF header first.
  public var bytes: [UInt8]

  public init(timestamp: Duration, source: IPAddress, destination: IPAddress, ttl: UInt8 = 1, bytes: [UInt8]) {
    self.timestamp = timestamp
    self.source = source
    self.destination = destination
    self.ttl = ttl
    self.bytes = bytes
  }
}

/// What the reader found in a capture.
public enum CaptureRecord: Hashable, Sendable {
  /// An OSPF packet, with the number of its frame in the file, counted from 1 as every tool does.
  case datagram(CapturedDatagram, frame: Int)
  /// A frame (or the fragments that began in it) from which no packet could be taken.
  case unreadable(frame: Int, FrameError)
}

/// Why no packet could be taken from a frame.
public enum FrameError: Error, Hashable, Sendable {
  /// The capture has only the first octets of the frame: it was taken with a snap length.
  case snapLength(captured: Int, original: Int)
  /// The frame ends inside of `what`.
  case truncated(what: String, needed: Int, available: Int)
  /// The IP version nibble is neither 4 nor 6, or not that of the frame's protocol type.
  case version(UInt8)
  /// A length field contradicts what carries it.
  case length(what: String, claimed: Int, available: Int)
  /// More VLAN tags or IPv6 extension headers than any network stacks up.
  case tooManyHeaders(what: String, limit: Int)
  /// A fragment overlaps another one, lies beyond 65,535 octets, or is of a length that only a last fragment may have.
  case fragment(offset: Int, length: Int)
  /// The datagram's other fragments did not come in time, or not before the capture ended.
  case fragmentsMissing(received: Int)
  /// More fragments, or more incomplete datagrams, than the reader holds.
  case tooManyFragments(limit: Int)
}

/// Why a capture file could not be opened, read or written.
public enum CaptureError: Error, Hashable, Sendable {
  /// libpcap could not open the file; its own words.
  case open(path: String, reason: String)
  /// libpcap could not read on after frame number `frame`; its own words.
  case read(path: String, frame: Int, reason: String)
  /// An interface cannot be captured on: why, and what would help.
  case interface(name: String, reason: String)
  /// The file's link layer is none that the reader knows: libpcap's name of it.
  case linkLayer(path: String, name: String)
  /// The file could not be written; the system's words.
  case write(path: String, reason: String)
  /// A datagram of mixed IP versions, or too long for IP, which cannot be written.
  case datagram(length: Int)
}

extension FrameError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .snapLength(let captured, let original): "only \(captured) of the frame's \(original) octets were captured"
    case .truncated(let what, let needed, let available): "\(what): \(needed) octets needed, \(available) there"
    case .version(let version): "IP version \(version)"
    case .length(let what, let claimed, let available): "\(what): says \(claimed) octets, \(available) there"
    case .tooManyHeaders(let what, let limit): "more than \(limit) \(what)"
    case .fragment(let offset, let length): "fragment of \(length) octets at \(offset) does not fit the others"
    case .fragmentsMissing(let received): "the other fragments are missing (\(received) there)"
    case .tooManyFragments(let limit): "more than \(limit) fragments"
    }
  }
}

extension CaptureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .open(let path, let reason): "\(path): \(reason)"
    case .read(let path, let frame, let reason): "\(path): after frame \(frame): \(reason)"
    case .interface(let name, let reason): "\(name): \(reason)"
    case .linkLayer(let path, let name): "\(path): link layer \(name) is not supported"
    case .write(let path, let reason): "\(path): \(reason)"
    case .datagram(let length): "a datagram of \(length) octets cannot be written"
    }
  }
}
