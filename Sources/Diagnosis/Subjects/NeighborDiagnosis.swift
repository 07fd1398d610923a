import ControlAPI

/// One neighbor: how far the adjacency has come, and what it waits for.
struct NeighborDiagnosis {
  let neighbor: NeighborReport
  let interface: InterfaceReport
  let instance: InstanceReport?
  let host: HostFacts

  private var age: Double { neighbor.stateAgeSeconds }
  /// How long a neighbor may be on its way without anything being wrong: what was lost is repeated once.
  private var patience: Double { 2 * interface.retransmitIntervalSeconds }

  private func finding(
    _ severity: Finding.Severity, _ kind: Finding.Kind, _ message: String, advice: String = ""
  ) -> Finding {
    Finding(
      severity, kind,
      subject: "neighbor \(neighbor.routerID) on \(interface.interface) "
        + "(\(interface.protocol.title(interface.addressFamily)))", message: message, advice: advice)
  }

  var findings: [Finding] {
    switch neighbor.state {
    case .down, .attempt: [unreachable]
    case .`init`: [age > max(2 * interface.helloIntervalSeconds, 2) ? oneWay : forming("the first Hello that lists us")]
    case .twoWay: twoWay
    case .exStart, .exchange: [exchange]
    case .loading: [age > patience ? loading : forming("\(neighbor.requestCount) LSAs")]
    default: [linkBack, dispute].compactMap(\.self)
    }
  }

  private func forming(_ what: String) -> Finding {
    finding(
      .warning, .neighborForming,
      "\(neighbor.name) has been in state \(neighbor.state) for \(Phrases.duration(age)): waiting for \(what).",
      advice: "That is normal for \(Phrases.duration(patience)); ask again after that.")
  }

  private var unreachable: Finding {
    finding(
      .error, .neighborUnreachable, "The configured neighbor \(neighbor.address) has not answered any Hello.",
      advice: "Look whether \(neighbor.address) answers at all (`ping`), and whether it lists us as a neighbor on its "
        + "\(interface.networkType) network.")
  }

  private var oneWay: Finding {
    let filter = HostDiagnosis.drops(on: interface, .output, host).first.map { " On this host \($0) drops what we send." } ?? ""
    let silence = interface.packetsSent.hello == 0 ? " We have sent no Hello at all." : ""
    return finding(
      .error, .oneWay,
      "We hear \(neighbor.name), and it does not hear us: for \(Phrases.duration(age)) its Hellos have not listed our router ID "
        + "\(instance?.routerID ?? "").\(filter)\(silence)",
      advice: "On the router, look whether our \(Phrases.count(interface.packetsSent.hello, "Hello")) from "
        + "\(interface.address ?? interface.interface) arrive, and what drops IP protocol 89 or the group "
        + "\(interface.allSPFRouters) on the way: its packet filter, or the switch's multicast filter.")
  }

  // MARK: - 2-Way

  private var twoWay: [Finding] {
    guard let designatedRouter = interface.designatedRouter else { return [] }
    guard neighbor.role == .drOther, interface.state == .drOther else { return [forming("the beginning of the exchange")] }
    let message =
      "\(neighbor.name) stays in state 2-Way, as it should: neither of us is Designated Router (\(designatedRouter)) or its backup, "
      + "and both learn everything from these."
    return [finding(.note, .twoWayExpected, message)] + [dispute].compactMap(\.self)
  }

  /// Two views of who is Designated Router are two sets of routers that hear each other.
  private var dispute: Finding? {
    guard interface.electsDesignatedRouter, let ours = interface.designatedRouter, let theirs = neighbor.designatedRouter,
      ours != theirs, age > 2 * interface.deadIntervalSeconds
    else { return nil }
    return finding(
      .warning, .designatedRouterDisputed,
      "\(neighbor.name) takes \(theirs) for the Designated Router, and here it is \(ours): the two of us do not hear the same "
        + "routers.",
      advice: "Look whether \(theirs) is heard here and \(ours) there (`anycastctl neighbors`); the network lets multicasts "
        + "through to some of its ports only.")
  }

  // MARK: - Full

  /// So long may a neighbor take to describe a new adjacency: MinLSInterval there, and a retransmission or two on the way.
  private static let descriptionSeconds = 20.0

  /// RFC 2328 section 16.1 step 2b: no route leads over a link that only one side describes.
  private var linkBack: Finding? {
    guard let theirs = neighbor.linkBackMissing, age > Self.descriptionSeconds else { return nil }
    let other = LinkTypes(ours: interface.networkType, theirs: theirs)
    return finding(
      .error, .linkBackMissing,
      "\(neighbor.name) is Full, and no route leads over the adjacency: \(other.contrast). Routers use a link only if both ends "
        + "describe it alike (RFC 2328 section 16.1), so that what we advertise is not reachable through it.",
      advice: other.remedy.map { here, there in
        "Set the same network type on both sides: `\(interface.command) network \(here)` under `interface "
          + "\(interface.interface)` here, or `\(interface.command) network \(there)` under the interface there."
      } ?? "On the router, look whether it takes us for Full, and at the network type of its interface: here it is "
        + "`\(interface.command) network \(interface.networkType)`.")
  }

  /// The network type here, and what the neighbor describes.
  private struct LinkTypes {
    let ours: NetworkTypeName
    let theirs: LinkDescriptionName

    private var isElecting: Bool { ours == .broadcast || ours == .nonBroadcast }

    var contrast: String {
      switch theirs {
      case .transitNetwork: "here the network type is \(ours), and there it is broadcast or non-broadcast"
      case .pointToPoint: "here the network type is \(ours), and there it is point-to-point or point-to-multipoint"
      case .networkWithoutUs: "its network-LSA does not list us"
      case .nothing: "here the network type is \(ours), and its router-LSA describes no link to us"
      }
    }

    /// What makes the types the same: here, or there.
    var remedy: (here: NetworkTypeName, there: NetworkTypeName)? {
      switch theirs {
      case .transitNetwork where !isElecting: (.broadcast, ours)
      case .pointToPoint where isElecting: (.pointToPoint, ours)
      default: nil
      }
    }
  }

  // MARK: - Exchange

  /// A neighbor that begins anew without end has changed its state so often.
  private static let restlessness = 20

  private var exchange: Finding {
    if let mtuMismatch { return mtuMismatch }
    if let waits { return waits }
    guard age > patience || neighbor.stateChangeCount > Self.restlessness else { return forming("its Database Descriptions") }
    let restless = neighbor.stateChangeCount > Self.restlessness ? ", after \(neighbor.stateChangeCount) changes of state" : ""
    let state = "\(neighbor.name) has been in state \(neighbor.state) for \(Phrases.duration(age))\(restless)"
    guard let theirs = neighbor.mtu else {
      if let drop = HostDiagnosis.unicastDrops(interface, neighbor, host).first {
        return finding(
          .error, .packetFilterDrops,
          "\(state), and no Database Description of it has arrived: Hellos go by multicast, the exchange goes by unicast, and "
            + "\(drop.rule) on this host drops the unicasts that \(drop.direction).",
          advice: "Accept them before it: `ip protocol ospf accept` (nftables), `-p ospf -j ACCEPT` (iptables); IPv6 likewise.")
      }
      return finding(
        .error, .exchangeStuck,
        "\(state), and no Database Description of it has arrived: Hellos go by multicast, the exchange goes by unicast, and "
          + "unicasts are lost, or it refuses ours (our interface MTU is \(interface.mtu.map(String.init) ?? "unknown")).",
        advice: "Look whether `ping \(neighbor.address)` works, whether a filter lets IP protocol 89 through between the two "
          + "addresses, and what the router logs about our Database Descriptions.")
    }
    return finding(
      .error, .exchangeStuck,
      "\(state). The interface MTU is \(theirs) on both sides, so that is not the cause: packets of that size may be lost on the "
        + "way, or the router begins anew again and again.",
      advice:
        "`ping -M do -s \(theirs - 28) \(neighbor.address)` shows whether the path carries the MTU; the router's log says why "
        + "it begins anew.")
  }

  /// A router that has just been started takes nobody for adjacent before it knows who is Designated Router, for which it listens for
  /// RouterDeadInterval (RFC 2328 section 9.1, state Waiting); until then it names none.
  private var waits: Finding? {
    guard interface.electsDesignatedRouter, neighbor.mtu == nil, neighbor.designatedRouter == nil,
      age <= interface.deadIntervalSeconds + patience
    else { return nil }
    return finding(
      .note, .neighborForming,
      "\(neighbor.name) has been in state \(neighbor.state) for \(Phrases.duration(age)): it names no Designated Router yet, as a router "
        + "does that was started less than RouterDeadInterval (\(Phrases.duration(interface.deadIntervalSeconds))) ago, and answers when "
        + "it has elected one.",
      advice: "It takes \(Phrases.duration(max(interface.deadIntervalSeconds - age, 0))) more at most; "
        + "`\(interface.command) network point-to-point` on both sides of a link between two routers knows no such wait.")
  }

  /// The side with the smaller MTU refuses the Database Descriptions of the other: we say so, the neighbor just does not answer.
  private var mtuMismatch: Finding? {
    let refusal = interface.reception.refusals.first { $0.kind == .mtuMismatch && $0.source == neighbor.address }
    // What is announced may be configured, and is not the device's then.
    guard let theirs = neighbor.mtu, let ours = refusal?.ours.flatMap(Int.init) ?? interface.mtu,
      theirs < ours || theirs > ours && refusal != nil
    else { return nil }
    let state = "\(neighbor.name) is stuck in state \(neighbor.state): its interface MTU is \(theirs), and ours is \(ours)."
    let consequence =
      theirs > ours ? "We refuse its Database Descriptions" : "It refuses our Database Descriptions, which announce \(ours)"
    return finding(
      .error, .mtuMismatch, "\(state) \(consequence): a packet of the larger size would not fit the smaller interface.",
      advice: "Set the same MTU on both sides: `ip link set \(interface.interface) mtu \(theirs)` here, or \(ours) there. "
        + "`\(interface.command) mtu-ignore` on the side with the smaller one hides the difference, and large updates may still "
        + "be lost.")
  }

  private var loading: Finding {
    finding(
      .error, .loadingStuck,
      "\(neighbor.name) has been in state Loading for \(Phrases.duration(age)): \(Phrases.count(neighbor.requestCount, "LSA")) that we "
        + "requested did not come. Small packets arrive, large ones are lost.",
      advice: "`ping -M do -s \((interface.mtu ?? 1500) - 28) \(neighbor.address)` shows whether the path carries the MTU of "
        + "\(interface.mtu ?? 1500); look for filters that drop IP fragments.")
  }
}
