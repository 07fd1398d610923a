import OSPFProtocol
import OSPFWire

/// The `bfd` block: profiles, which interfaces refer to, and what is said of single peers.
public struct BFDConfiguration: Hashable, Sendable {
  /// `profile NAME`
  public var profiles: [String: BFDParameters] = [:]
  /// `peer A`, by whom they name.
  public var peers: [BFDPeerName: BFDPeerStatement] = [:]

  /// An empty block.
  public init() {}
}

/// What BFD lines say of a session. What is nil was not configured.
public struct BFDParameters: Hashable, Sendable {
  /// `detect-multiplier`
  public var detectMultiplier: UInt8?
  /// `transmit-interval`
  public var transmitInterval: Duration?
  /// `receive-interval`
  public var receiveInterval: Duration?
  /// `minimum-ttl`
  public var minimumTTL: UInt8?
  /// `passive-mode`
  public var isPassive: Bool?
  /// `shutdown`
  public var isShutDown: Bool?
  /// `authentication`
  public var authentication: BFDAuthenticationChoice?

  /// Nothing configured.
  public init() {}

  /// These parameters where they are configured, else the others.
  func merged(over other: BFDParameters) -> BFDParameters {
    var merged = self
    merged.detectMultiplier = detectMultiplier ?? other.detectMultiplier
    merged.transmitInterval = transmitInterval ?? other.transmitInterval
    merged.receiveInterval = receiveInterval ?? other.receiveInterval
    merged.minimumTTL = minimumTTL ?? other.minimumTTL
    merged.isPassive = isPassive ?? other.isPassive
    merged.isShutDown = isShutDown ?? other.isShutDown
    merged.authentication = authentication ?? other.authentication
    return merged
  }
}

/// `authentication TYPE key-chain NAME`
public struct BFDAuthenticationChoice: Hashable, Sendable {
  /// The kinds of RFC 5880 section 4.1.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case simplePassword = "simple"
    case keyedMD5 = "keyed-md5"
    case meticulousKeyedMD5 = "meticulous-keyed-md5"
    case keyedSHA1 = "keyed-sha1"
    case meticulousKeyedSHA1 = "meticulous-keyed-sha1"
  }

  /// Which of them.
  public var kind: Kind
  /// The `key chain` with the keys.
  public var keyChain: String

  public init(kind: Kind, keyChain: String) {
    self.kind = kind
    self.keyChain = keyChain
  }
}

/// Whom a `peer` line names.
public struct BFDPeerName: Hashable, Comparable, Sendable {
  /// The peer's address.
  public var address: IPAddress
  /// `interface IF`; nil stands for any.
  public var interface: String?
  /// `local-address A`; nil stands for any.
  public var localAddress: IPAddress?

  public init(address: IPAddress, interface: String? = nil, localAddress: IPAddress? = nil) {
    self.address = address
    self.interface = interface
    self.localAddress = localAddress
  }

  /// The words after `peer`.
  var text: String {
    "\(address)" + (localAddress.map { " local-address \($0)" } ?? "") + (interface.map { " interface \($0)" } ?? "")
  }

  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// The block of a `peer`.
public struct BFDPeerStatement: Hashable, Sendable {
  /// `profile NAME`
  public var profile: String?
  /// What its own lines say, which goes before any profile.
  public var parameters = BFDParameters()

  /// An empty block.
  public init() {}
}

/// `ip ospf bfd` and what may follow it.
public struct InterfaceBFD: Hashable, Sendable {
  /// `profile NAME`
  public var profile: String?
  /// `strict` (RFC 9355): no adjacency until the session is up, and has been for `holdOff`.
  public var isStrict = false
  /// `strict hold-off T`
  public var holdOff: Duration?
  /// `ip ospf bfd MULTIPLIER RECEIVE TRANSMIT`, an old spelling of FRR.
  public var parameters = BFDParameters()

  /// Without a profile.
  public init() {}
}

extension Configuration {
  /// What holds for the BFD session with an OSPF neighbor on an interface: the lines of its `peer` block, else those of the peer's
  /// profile or the interface's, else nothing. Of several `peer` lines that name it the one that says most counts.
  public func bfdParameters(
    interface name: String, version: OSPFVersion, local: IPAddress, peer: IPAddress
  ) -> BFDParameters {
    let interface = interface(name)
    let own = (version == .v2 ? local.v4.flatMap { interface?.ospfParameters(for: $0) } : interface?.ospf6)?.bfd
    let named = bfd.peers.filter { entry in
      entry.key.address == peer && entry.key.interface ?? name == name && entry.key.localAddress ?? local == local
    }
    let statement = named.max { left, right in (left.key.precision, right.key) < (right.key.precision, left.key) }?.value
    let profile = (statement?.profile ?? own?.profile).flatMap { bfd.profiles[$0] } ?? BFDParameters()
    return (statement?.parameters ?? BFDParameters()).merged(over: own?.parameters ?? BFDParameters()).merged(over: profile)
  }

  /// The keys of a chain as BFD uses them, the one to send with last: with their numbers, and whatever algorithm OSPF uses them with.
  public func bfdKeys(ofChain name: String) -> [(id: UInt8, secret: Secret)] {
    (keyChains[name]?.keys ?? [:]).sorted { $0.key > $1.key }.compactMap { id, key in
      // BFD has key IDs of one octet.
      guard let id = UInt8(exactly: id), let secret = key.secret else { return nil }
      return (id, secret)
    }
  }
}

extension BFDPeerName {
  /// How much the line says.
  fileprivate var precision: Int { (interface == nil ? 0 : 2) + (localAddress == nil ? 0 : 1) }
}
