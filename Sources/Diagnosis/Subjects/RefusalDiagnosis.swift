import ControlAPI

/// Packets that are refused: which field, both values, by whom.
struct RefusalDiagnosis {
  let interface: InterfaceReport
  let neighbors: [NeighborReport]
  /// Our own addresses, with their devices.
  var own: [String: String] = [:]

  /// What has not happened for so long has been put right, or its router has gone.
  private static let memorySeconds = 40.0

  var findings: [Finding] { interface.reception.refusals.compactMap(finding) }

  /// What a refusal of some kind means.
  private struct Meaning {
    var kind: Finding.Kind
    var consequence: String
    var advice: String
  }

  private func finding(_ refusal: RefusalReport) -> Finding? {
    guard isCurrent(refusal), let meaning = meaning(of: refusal) else { return nil }
    let isAdjacent = neighbors.contains { $0.address == refusal.source && $0.state == .full }
    let packets =
      "\(Phrases.count(refusal.count, "packet")) from \(refusal.source) \(refusal.count == 1 ? "was" : "were") refused"
    return Finding(
      isAdjacent ? .warning : .error, meaning.kind, subject: interface.subject,
      message: "\(packets), the last one \(Phrases.duration(refusal.lastSeconds)) ago: \(refusal.reason). \(meaning.consequence)",
      advice: meaning.advice)
  }

  /// A refusal is over when the router behind it has become a neighbor since, or when it has not happened again.
  private func isCurrent(_ refusal: RefusalReport) -> Bool {
    let theirHello = refusal.kind == .helloIntervalMismatch ? refusal.theirs.flatMap(Double.init) ?? 0 : 0
    guard refusal.lastSeconds <= max(Self.memorySeconds, interface.deadIntervalSeconds, 4 * theirHello) else { return false }
    guard refusal.kind != .malformed else { return true }
    return !neighbors.contains { neighbor in
      guard neighbor.address == refusal.source, neighbor.isHeard, let dead = neighbor.deadSeconds else { return false }
      return interface.deadIntervalSeconds - dead < refusal.lastSeconds
    }
  }

  private static let strangers = "Routers that disagree about this never become neighbors."

  private func meaning(of refusal: RefusalReport) -> Meaning? {
    let name = interface.interface
    let theirs = refusal.theirs ?? "?"
    func same(_ kind: Finding.Kind, _ setting: String) -> Meaning {
      Meaning(
        kind: kind, consequence: Self.strangers,
        advice: "Set both sides to the same: here it is `\(interface.command) \(setting)` under `interface \(name)`.")
    }
    switch refusal.kind {
    case .helloIntervalMismatch: return same(.helloIntervalMismatch, "hello-interval \(theirs)")
    case .routerDeadIntervalMismatch: return same(.routerDeadIntervalMismatch, "dead-interval \(theirs)")
    case .areaMismatch: return same(.areaMismatch, "area \(theirs)")
    case .instanceMismatch:
      // Other instances may share the link with those who are our neighbors.
      guard neighbors.isEmpty else { return nil }
      return same(.instanceIDMismatch, "instance-id \(theirs)")
    case .networkMaskMismatch:
      return Meaning(
        kind: .networkMaskMismatch, consequence: Self.strangers,
        advice: "Give the address on \(name) the router's prefix length or the other way round, or, between two routers alone, "
          + "set `\(interface.command) network point-to-point` on both sides, which does not compare the mask.")
    case .sourceNotOnSubnet:
      return Meaning(
        kind: .subnetMismatch,
        consequence:
          "The router is in another subnet than \(interface.subnet ?? "ours"), or in another VLAN that leaks into this one.",
        advice: "Look at the addresses of both sides (`ip address show dev \(name)`) and at the VLAN of the switch port.")
    case .authenticationTypeMismatch:
      return Meaning(
        kind: .authenticationMismatch, consequence: Self.strangers,
        advice: "Use the same kind of authentication, or none, on both sides of the link.")
    case .authenticationFailed:
      return Meaning(
        kind: .authenticationMismatch, consequence: Self.strangers,
        advice:
          "Enter the key once more on both sides: `ip ospf authentication-key KEY`, `ip ospf message-digest-key ID md5 KEY`, or "
          + "`ipv6 ospf6 authentication key-id ID hash-algo ALGORITHM key KEY`.")
    case .authenticationKeyUnknown:
      return Meaning(
        kind: .authenticationMismatch, consequence: Self.strangers,
        advice: "Use the same key IDs on both sides; during a change of keys both sides have both keys.")
    case .authenticationKeyNotInForce:
      return Meaning(
        kind: .authenticationMismatch, consequence: Self.strangers,
        advice: "Compare the lifetimes of the key on both sides, and the clocks.")
    case .authenticationProtocolIDOrder:
      return Meaning(
        kind: .authenticationMismatch, consequence: Self.strangers,
        advice: "FRR before version 9.1 ends the key with two octets in the order of the machine: write "
          + "`ipv6 ospf6 authentication protocol-id little-endian` under `interface \(name)`, or update the router.")
    case .cryptographicSequenceNumberTooLow:
      return Meaning(
        kind: .authenticationMismatch,
        consequence: "The packet is an old one that somebody sends again, or the router's clock went back.",
        advice: "Look at the clock of \(refusal.source). It is heard again when the dead interval is over.")
    case .externalRoutingCapabilityMismatch, .nssaCapabilityMismatch:
      return Meaning(
        kind: .areaKindMismatch, consequence: Self.strangers,
        advice: "Make area \(interface.area) the same kind on both sides: `area \(interface.area) stub`, "
          + "`area \(interface.area) nssa`, or neither.")
    case .addressFamilyMismatch:
      return Meaning(
        kind: .addressFamilyMismatch, consequence: Self.strangers,
        advice: "Give each address family an Instance ID of its own on this link: 0 to 31 for IPv6, 64 to 95 for IPv4 (RFC 5838)."
      )
    case .ownRouterID:
      if let device = own[refusal.source], device != name {
        return Meaning(
          kind: .sameLink, consequence: "That is our own \(device): \(name) and \(device) are on one and the same link.",
          advice:
            "Look at the cables and the VLANs of \(name) and \(device). Where both belong on that link, leave OSPF on one of "
            + "them (`passive-interface`).")
      }
      return Meaning(
        kind: .duplicateRouterID, consequence: "Two routers with one name cannot be told apart.",
        advice: "Give each of the two a router ID of its own: `ospf router-id` here, or on \(refusal.source).")
    case .malformed:
      return Meaning(
        kind: .malformedPackets, consequence: "The packet is damaged, cut off, or not made as the RFC says.",
        advice:
          "\(interface.packetDump) with -vv shows such packets. Damage comes from a device on the way (checksum offloading of "
          + "a virtual machine, a tunnel); anything else is worth a capture and a report.")
    case .timeToLiveTooLow:
      return Meaning(
        kind: .ttlSecurityMismatch, consequence: Self.strangers,
        advice:
          "Configure TTL security on \(refusal.source) too (`ip ospf ttl-security`, `ttl security yes` of BIRD), or take it away "
          + "here. A router that has it is further away than this link.")
    case .limit:
      return Meaning(
        kind: .limitReached, consequence: "What is above the limit is not taken in.",
        advice: "Look at who sends so much: `anycastctl neighbors`, `anycastctl database`.")
    // The MTU is the neighbor's matter. The others pass by themselves, or are meant for somebody else.
    default: return nil
    }
  }
}
