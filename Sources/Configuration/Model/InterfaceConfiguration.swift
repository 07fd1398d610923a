import OSPFProtocol
import OSPFWire

/// An `interface` block.
public struct InterfaceConfiguration: Hashable, Sendable {
  /// The device.
  public var name: String
  /// For people.
  public var description: String?
  /// The `ip ospf` lines.
  public var ospf = InterfaceParameters()
  /// The `ip ospf` lines that end in an address: they hold for that address of the device, before the others.
  public var ospfByAddress: [IPv4Address: InterfaceParameters] = [:]
  /// The `ipv6 ospf6` lines.
  public var ospf6 = InterfaceParameters()

  /// An empty block.
  public init(name: String) { self.name = name }

  /// The parameters that hold for OSPFv2 on one address.
  public func ospfParameters(for address: IPv4Address) -> InterfaceParameters {
    ospfByAddress[address]?.merged(over: ospf) ?? ospf
  }

  /// Whether any line is about an instance.
  public func takesPart(in instance: ProtocolInstance) -> Bool {
    switch instance {
    case .ospfv2: ospf != InterfaceParameters()
    case .ospfv3, .ospfv3IPv4:
      ospf6 != InterfaceParameters() && ospf6.addressFamilies.contains(instance.addressFamily)
    }
  }

  /// The parameters of a version, and in OSPFv2 of an address. Setting the last parameter of an address back removes the entry.
  subscript(version: OSPFVersion, address: IPv4Address?) -> InterfaceParameters {
    get {
      switch (version, address) {
      case (.v3, _): ospf6
      case (.v2, nil): ospf
      case (.v2, let address?): ospfByAddress[address] ?? InterfaceParameters()
      }
    }
    set {
      switch (version, address) {
      case (.v3, _): ospf6 = newValue
      case (.v2, nil): ospf = newValue
      case (.v2, let address?): ospfByAddress[address] = newValue == InterfaceParameters() ? nil : newValue
      }
    }
  }
}

/// The OSPF lines of an interface. What is nil was not configured.
public struct InterfaceParameters: Hashable, Sendable {
  /// `area`
  public var area: AreaID?
  /// `network`
  public var networkType: NetworkType?
  /// `hello-interval`
  public var helloInterval: Duration?
  /// `dead-interval`
  public var deadInterval: DeadInterval?
  /// `retransmit-interval`
  public var rxmtInterval: Duration?
  /// `transmit-delay`, in seconds.
  public var infTransDelay: UInt16?
  /// `priority`
  public var priority: UInt8?
  /// `cost`
  public var cost: UInt16?
  /// `mtu-ignore`
  public var mtuIgnore: Bool?
  /// `passive`, or `passive-interface` with a name in `router ospf`.
  public var isPassive: Bool?
  /// `prefix-suppression` (OSPFv2)
  public var suppressesPrefix: Bool?
  /// `ttl-security`
  public var hasTTLSecurity: Bool?
  /// `neighbor-filter`: the prefix list that the neighbors' addresses must pass.
  public var neighborFilter: String?
  /// `authentication` (OSPFv2)
  public var authentication: AuthenticationChoice?
  /// `authentication-key` (OSPFv2)
  public var authenticationKey: Secret?
  /// `message-digest-key` (OSPFv2): the one to send with last.
  public var digestKeys: [DigestKey]?
  /// `authentication extended-sequence-numbers` (OSPFv2): AuType 3 (RFC 7474) with the keys of the key chain.
  public var hasExtendedSequenceNumbers: Bool?
  /// `authentication key-id` or `authentication keychain` (OSPFv3)
  public var trailer: TrailerChoice?
  /// `authentication protocol-id` (OSPFv3)
  public var protocolIDOrder: AuthenticationTrailer.ProtocolIDOrder?
  /// `compatible rfc7474 enable|disable` (OSPFv2)
  public var demandsIncreasingSequenceNumbers: Bool?
  /// `bfd`
  public var bfd: InterfaceBFD?
  /// `instance-id` (OSPFv3): of the address family that the number belongs to.
  public var instanceID: UInt8?
  /// `address-family ipv4 unicast` (OSPFv3): the Instance ID of a second instance on the interface, which carries IPv4.
  public var ipv4InstanceID: UInt8?
  /// `ifmtu` (OSPFv3)
  public var announcedMTU: Int?

  /// The two forms of `dead-interval`.
  public enum DeadInterval: Hashable, Sendable {
    /// So many whole seconds.
    case interval(Duration)
    /// `minimal hello-multiplier N`: one second, in which N Hellos are sent.
    case minimal(helloMultiplier: Int)
  }

  /// Nothing configured.
  public init() {}

  /// The Instance ID of an address family in OSPFv3 (RFC 5838 section 2.1); nil where the interface does not take part in it.
  func instanceID(for family: AddressFamily) -> UInt8? {
    switch family {
    case .ipv6: AddressFamily(instanceID: instanceID ?? 0) == .ipv6 ? instanceID ?? 0 : nil
    case .ipv4: ipv4InstanceID ?? instanceID.flatMap { AddressFamily(instanceID: $0) == .ipv4 ? $0 : nil }
    }
  }

  /// The address families that the interface takes part in, in OSPFv3.
  var addressFamilies: [AddressFamily] { AddressFamily.allCases.filter { instanceID(for: $0) != nil } }

  /// These parameters where they are configured, else the others.
  func merged(over other: InterfaceParameters) -> InterfaceParameters {
    var merged = self
    merged.area = area ?? other.area
    merged.networkType = networkType ?? other.networkType
    merged.helloInterval = helloInterval ?? other.helloInterval
    // As in FRR, a HelloInterval of the address has a RouterDeadInterval that goes with it.
    merged.deadInterval = deadInterval ?? (helloInterval == nil ? other.deadInterval : nil)
    merged.rxmtInterval = rxmtInterval ?? other.rxmtInterval
    merged.infTransDelay = infTransDelay ?? other.infTransDelay
    merged.priority = priority ?? other.priority
    merged.cost = cost ?? other.cost
    merged.mtuIgnore = mtuIgnore ?? other.mtuIgnore
    merged.isPassive = isPassive ?? other.isPassive
    merged.hasTTLSecurity = hasTTLSecurity ?? other.hasTTLSecurity
    merged.neighborFilter = neighborFilter ?? other.neighborFilter
    merged.suppressesPrefix = suppressesPrefix ?? other.suppressesPrefix
    merged.authentication = authentication ?? other.authentication
    merged.authenticationKey = authenticationKey ?? other.authenticationKey
    merged.digestKeys = digestKeys ?? other.digestKeys
    merged.demandsIncreasingSequenceNumbers = demandsIncreasingSequenceNumbers ?? other.demandsIncreasingSequenceNumbers
    merged.bfd = bfd ?? other.bfd
    merged.hasExtendedSequenceNumbers = hasExtendedSequenceNumbers ?? other.hasExtendedSequenceNumbers
    merged.trailer = trailer ?? other.trailer
    merged.protocolIDOrder = protocolIDOrder ?? other.protocolIDOrder
    merged.instanceID = instanceID ?? other.instanceID
    merged.ipv4InstanceID = ipv4InstanceID ?? other.ipv4InstanceID
    merged.announcedMTU = announcedMTU ?? other.announcedMTU
    return merged
  }

  /// RouterDeadInterval where only HelloInterval is configured: in OSPFv2 four times that, as in FRR since 7.0 and in IOS, in whole seconds
  /// because it travels as such. Quagga left it at 40 s, and so does every ospf6d. Nil where the default holds.
  func impliedDeadInterval(_ version: OSPFVersion) -> Duration? {
    guard version == .v2, deadInterval == nil, let helloInterval else { return nil }
    let (seconds, rest) = (helloInterval * 4).components
    return .seconds(rest == 0 ? seconds : seconds + 1)
  }

  /// The engine's settings: what is not configured has the engine's default, but for RouterDeadInterval in OSPFv2
  /// (``impliedDeadInterval(_:)``).
  func settings(_ version: OSPFVersion, area: AreaID, defaultNetworkType: NetworkType) -> InterfaceSettings {
    var settings = InterfaceSettings(area: area, networkType: networkType ?? defaultNetworkType)
    if let helloInterval { settings.helloInterval = helloInterval }
    if let implied = impliedDeadInterval(version) { settings.routerDeadInterval = implied }
    switch deadInterval {
    case .interval(let interval)?: settings.routerDeadInterval = interval
    case .minimal(let multiplier)?:
      settings.routerDeadInterval = .seconds(1)
      settings.helloInterval = .seconds(1) / multiplier
    case nil: break
    }
    if let rxmtInterval { settings.rxmtInterval = rxmtInterval }
    if let infTransDelay { settings.infTransDelay = infTransDelay }
    if let priority { settings.priority = priority }
    if let cost { settings.cost = cost }
    if let mtuIgnore { settings.mtuIgnore = mtuIgnore }
    if let isPassive { settings.isPassive = isPassive }
    if let hasTTLSecurity { settings.hasTTLSecurity = hasTTLSecurity }
    if let suppressesPrefix { settings.suppressesPrefix = suppressesPrefix }
    settings.announcedMTU = announcedMTU
    settings.bfd = bfd.map { $0.isStrict ? .strict : .monitor } ?? .none
    return settings
  }
}
