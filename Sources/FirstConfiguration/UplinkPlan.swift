import OSPFProtocol
import OSPFWire

/// What one device is told in one version of OSPF.
struct UplinkPlan: Hashable {
  var link: Link
  var version: OSPFVersion
  /// The Hello that it fits; nil when none was heard there.
  var model: HeardHello?
  /// What the operator should know about it.
  var remarks: [String] = []
  /// The lines of the interface's block, without `ip ospf` or `ipv6 ospf6`. Those that are not known are comments: nil, with what is
  /// known.
  var lines: [Line] = []

  /// A line, or one that the operator has to complete.
  struct Line: Hashable {
    var text: String
    var isKnown = true
  }

  /// The kinds of area that a router may say it is in.
  enum AreaKind: String {
    case normal
    case stub
    case nssa
  }

  var area: AreaID { model?.header.areaID ?? .backbone }

  var areaKind: AreaKind {
    guard let options = model?.hello.options else { return .normal }
    if options.contains(.externalRouting) { return .normal }
    return options.contains(.nssa) ? .nssa : .stub
  }

  var isPointToPoint: Bool { lines.contains { $0.text == "network point-to-point" && $0.isKnown } }

  /// Plans a device after the Hellos that were heard on it; without any, with nothing but defaults.
  init(_ link: Link, _ version: OSPFVersion, hellos: [HeardHello]) {
    self.link = link
    self.version = version
    model = hellos.first
    guard let model else {
      lines = [Line(text: "area 0.0.0.0")]
      remarks = ["nothing was heard here: area, timers and network type are the defaults; compare them with the router's"]
      return
    }
    lines.append(Line(text: "area \(model.header.areaID)"))
    if model.instanceID != 0 { lines.append(Line(text: "instance-id \(model.instanceID)")) }
    planNetworkType(model)
    planTimers(model.hello)
    planAuthentication(model)
    compareAddresses(model)
    for other in hellos.dropFirst() where !other.agrees(with: model) {
      remarks.append("\(other.source) says something else: \(other.summary); only one of the two can become a neighbor")
    }
  }

  // MARK: - What the Hello says

  private mutating func planNetworkType(_ model: HeardHello) {
    if !model.destination.isMulticast {
      lines.append(Line(text: "network non-broadcast", isKnown: false))
      remarks.append(
        "\(model.source) sends its Hellos to this host alone: its network type is non-broadcast or point-to-multipoint "
          + "non-broadcast, and a 'neighbor' line may be wanted")
    } else if model.namesDesignatedRouter {
      // The default, except on devices that are point-to-point by themselves.
      if link.isPointToPoint { lines.append(Line(text: "network broadcast")) }
    } else if model.hello.priority == 0 {
      remarks.append("\(model.source) has priority 0 and names no Designated Router: on a LAN nobody would become one")
    } else {
      lines.append(Line(text: "network point-to-point"))
      remarks.append(
        "\(model.source) names no Designated Router, so its network type is point-to-point, unless it was started within the "
          + "last \(model.hello.routerDeadInterval) s")
    }
  }

  private mutating func planTimers(_ hello: Hello) {
    guard hello.helloInterval > 0 else {
      lines.append(Line(text: "dead-interval minimal hello-multiplier 4"))
      remarks.append("the router sends several Hellos a second; how many cannot be seen, and need not be the same")
      return
    }
    lines.append(Line(text: "hello-interval \(hello.helloInterval)"))
    lines.append(Line(text: "dead-interval \(hello.routerDeadInterval)"))
  }

  private mutating func planAuthentication(_ model: HeardHello) {
    guard case .v2(let type, let field) = model.header.extent else {
      if model.hello.options.contains(.authenticationTrailer) {
        remarks.append("the router authenticates its OSPFv3 packets (RFC 7166): a key is needed here too")
      }
      return
    }
    switch type {
    case 0: break
    case 1:
      lines.append(Line(text: "authentication", isKnown: false))
      lines.append(Line(text: "authentication-key KEY", isKnown: false))
      remarks.append("the router sends a simple password: write it in the place of KEY, in both lines without '!'")
    case 2 where model.header.authenticationDataLength == 16:
      let keyID = UInt8(truncatingIfNeeded: field >> 40)
      lines.append(Line(text: "authentication message-digest", isKnown: false))
      lines.append(Line(text: "message-digest-key \(keyID) md5 KEY", isKnown: false))
      remarks.append("the router sends MD5 digests under key \(keyID): write it in the place of KEY, in both lines without '!'")
    case 2:
      let keyID = UInt8(truncatingIfNeeded: field >> 40)
      lines.append(Line(text: "authentication key-chain NAME", isKnown: false))
      remarks.append(
        "the router sends digests of \(model.header.authenticationDataLength) octets under key \(keyID): a key chain with that key "
          + "is needed, its cryptographic-algorithm \(Self.algorithm(octets: model.header.authenticationDataLength))")
    default: remarks.append("the router authenticates with type \(type), which is not known here")
    }
  }

  private static func algorithm(octets: Int) -> String {
    switch octets {
    case 20: "hmac-sha-1"
    case 32: "hmac-sha-256"
    case 48: "hmac-sha-384"
    case 64: "hmac-sha-512"
    default: "unknown"
    }
  }

  private mutating func compareAddresses(_ model: HeardHello) {
    guard version == .v2, let theirs = model.subnet else { return }
    let ours = link.addresses.filter { $0.address.v4 != nil }
    if !ours.contains(where: { $0.prefix == .v4(theirs) || $0.peer == model.source }) {
      let list = ours.map { "\($0.address)/\($0.prefixLength)" }.joined(separator: ", ")
      remarks.append(
        "the router is \(model.source)/\(theirs.length), and \(link.name) has \(list.isEmpty ? "no IPv4 address" : list): on "
          + "networks that are not point-to-point both sides need the same subnet")
    }
  }
}

extension HeardHello {
  /// Whether one configuration fits both.
  fileprivate func agrees(with other: HeardHello) -> Bool {
    header.areaID == other.header.areaID && instanceID == other.instanceID && hello.helloInterval == other.hello.helloInterval
      && hello.routerDeadInterval == other.hello.routerDeadInterval
      && hello.options.intersection([.externalRouting, .nssa])
        == other.hello.options.intersection([.externalRouting, .nssa])
  }

  /// The Hello for people, on one line.
  var summary: String {
    var words = ["router ID \(header.routerID)", "area \(header.areaID)"]
    if instanceID != 0 { words.append("Instance ID \(instanceID)") }
    words.append(hello.helloInterval == 0 ? "several Hellos a second" : "HelloInterval \(hello.helloInterval) s")
    words.append("RouterDeadInterval \(hello.routerDeadInterval) s")
    words.append(namesDesignatedRouter ? "Designated Router \(hello.designatedRouter)" : "no Designated Router")
    if !hello.options.contains(.externalRouting) { words.append(hello.options.contains(.nssa) ? "NSSA" : "stub area") }
    if case .v2(let type, _) = header.extent { words.append(Self.authenticationName(type)) }
    return words.joined(separator: ", ")
  }

  private static func authenticationName(_ type: UInt16) -> String {
    switch type {
    case 0: "no authentication"
    case 1: "simple password"
    case 2: "cryptographic authentication"
    default: "authentication type \(type)"
    }
  }
}

extension IPAddress {
  fileprivate var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }
}
