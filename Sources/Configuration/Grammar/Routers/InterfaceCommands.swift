import OSPFProtocol
import OSPFWire
import Redistribution

/// The commands of `interface`.
enum InterfaceCommands {
  static let all =
    [description, shutdown] + common(.v2) + AuthenticationCommands.interface + BFDCommands.interface + common(.v3)
    + TrailerCommands.interface + ospfOnly + ospf6Only + unsupported + KernelAddressCommands.all + ForeignBlocks.interface
    + CommandsWithoutEffect.interface
    + CommandsWithoutEffect.ospf6Networks

  private static let description = Command("description") { arguments, draft throws(ConfigurationError) in
    let text = try arguments.restOfLine(expecting: "a text")
    draft.editInterface { $0.description = text }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editInterface { $0.description = nil }
  }

  /// The words that a version's commands begin with; `ospf` alone is Quagga's old spelling.
  private static func prefixes(_ version: OSPFVersion) -> [String] {
    switch version {
    case .v2: ["ip ospf", "ospf"]
    case .v3: ["ipv6 ospf6"]
    }
  }

  /// What both versions have.
  private static func common(_ version: OSPFVersion) -> [Command] {
    parameter("area", version, \.area) { arguments throws(ConfigurationError) in try arguments.areaID() }
      + parameter("hello-interval", version, \.helloInterval) { arguments throws(ConfigurationError) in
        try helloInterval(&arguments)
      }
      + parameter("dead-interval", version, \.deadInterval) { arguments throws(ConfigurationError) in
        try deadInterval(&arguments)
      }
      + parameter("retransmit-interval", version, \.rxmtInterval) { arguments throws(ConfigurationError) in
        try arguments.duration(.seconds(1) ... .seconds(65535), bare: .seconds)
      }
      + parameter("transmit-delay", version, \.infTransDelay) { arguments throws(ConfigurationError) in
        UInt16(clamping: try arguments.wholeSeconds(1...65535).components.seconds)
      }
      + parameter("priority", version, \.priority) { arguments throws(ConfigurationError) in
        UInt8(clamping: try arguments.number(0...255))
      }
      + parameter("cost", version, \.cost) { arguments throws(ConfigurationError) in
        UInt16(clamping: try arguments.number(1...65535))
      }
      + parameter("network", version, \.networkType, option: networkOption) { arguments throws(ConfigurationError) in
        try arguments.choice(NetworkType.self)
      }
      + parameter("mtu-ignore", version, \.mtuIgnore) { _ throws(ConfigurationError) in true }
      + parameter("passive", version, \.isPassive, undone: false) { _ throws(ConfigurationError) in true }
      + parameter("ttl-security", version, \.hasTTLSecurity) { arguments throws(ConfigurationError) in
        try ttlSecurity(&arguments)
      }
      + parameter("neighbor-filter", version, \.neighborFilter) { arguments throws(ConfigurationError) in
        try arguments.listName()
      }
  }

  /// FRR's `compatible rfc7474`, which it has from version 10.8 on.
  private static let ospfOnly: [Command] =
    parameter("compatible rfc7474", .v2, \.demandsIncreasingSequenceNumbers) { arguments throws(ConfigurationError) in
      try arguments.keyword(["enable", "disable"]) == "enable"
    }
    + parameter("authentication extended-sequence-numbers", .v2, \.hasExtendedSequenceNumbers) { _ throws(ConfigurationError) in
      true
    }
    + parameter("prefix-suppression", .v2, \.suppressesPrefix) { _ throws(ConfigurationError) in true }

  private static let ospf6Only: [Command] =
    parameter("instance-id", .v3, \.instanceID) { arguments throws(ConfigurationError) in
      try arguments.value("an Instance ID: 0 to 31 or 192 to 255 for IPv6, 64 to 95 for IPv4") { text in
        UInt8(text).flatMap { AddressFamily(instanceID: $0) == nil ? nil : $0 }
      }
    }
    + parameter("address-family ipv4 unicast", .v3, \.ipv4InstanceID) { arguments throws(ConfigurationError) in
      guard arguments.skip("instance-id") else { return 64 }
      return UInt8(clamping: try arguments.number(64...95))
    }
    + parameter("ifmtu", .v3, \.announcedMTU) { arguments throws(ConfigurationError) in
      try arguments.number(1...65535)
    }

  /// What is to be told of a word that follows a value.
  private typealias Remark = (kind: ConfigurationNotice.Kind, reason: String)

  /// `point-to-multipoint [delay-reflood|non-broadcast]` and `point-to-point [dmvpn]`, FRR's.
  private static func networkOption(_ arguments: inout Arguments, _ type: NetworkType) -> Remark? {
    if type == .pointToPoint, arguments.skip("dmvpn") {
      return (.changedMeaning, "packets go to AllSPFRouters, and not to each neighbor of the tunnel alone")
    }
    guard type == .pointToMultipoint else { return nil }
    if arguments.skip("delay-reflood") { return (.withoutEffect, "LSAs are flooded as RFC 2328 section 13.3 says") }
    guard arguments.skip("non-broadcast") else { return nil }
    return (
      .changedMeaning,
      "Hellos go to the routers of 'neighbor' statements where there are any, and to all routers where there are none"
    )
  }

  /// A command that sets one parameter, in all its spellings, with the address that may follow in OSPFv2. `undone` is what the
  /// parameter becomes after `no`.
  private static func parameter<Value: Sendable & Equatable>(
    _ name: String, _ version: OSPFVersion, _ path: WritableKeyPath<InterfaceParameters, Value?> & Sendable,
    undone: Value? = nil, option: @escaping @Sendable (inout Arguments, Value) -> Remark? = { _, _ in nil },
    read: @escaping @Sendable (inout Arguments) throws(ConfigurationError) -> Value
  ) -> [Command] {
    prefixes(version).map { prefix in
      Command("\(prefix) \(name)") { arguments, draft throws(ConfigurationError) in
        let value = try read(&arguments)
        if let remark = option(&arguments, value) { draft.note(remark.kind, arguments, remark.reason) }
        let address = version == .v2 ? arguments.ipv4AddressIfPresent() : nil
        draft.setParameter(path, to: value, version, address, arguments)
      } undo: { arguments, draft throws(ConfigurationError) in
        // The value may be repeated after `no`, or left out.
        var withValue = arguments
        if let value = try? read(&withValue) {
          _ = option(&withValue, value)
          arguments = withValue
        }
        let address = version == .v2 ? arguments.ipv4AddressIfPresent() : nil
        draft.setParameter(path, to: undone, version, address, arguments)
      }
    }
  }

  /// IOS's `[hops N | disable]`. Without virtual links every neighbor is one hop away.
  private static func ttlSecurity(_ arguments: inout Arguments) throws(ConfigurationError) -> Bool {
    if arguments.skip("disable") { return false }
    if arguments.skip("hops") { _ = try arguments.number(1...1) as Int }
    return true
  }

  /// Whole seconds, or fast Hellos, at most twenty in a second.
  private static func helloInterval(_ arguments: inout Arguments) throws(ConfigurationError) -> Duration {
    try arguments.value("whole seconds from 1 to 65535, or 50ms to 999ms") { text in
      guard let interval = DurationText.parse(text, bare: .seconds), interval >= .milliseconds(50),
        interval < .seconds(1) || interval == .seconds(interval.components.seconds), interval <= .seconds(65535)
      else { return nil }
      return interval
    }
  }

  private static func deadInterval(
    _ arguments: inout Arguments
  ) throws(ConfigurationError) -> InterfaceParameters.DeadInterval {
    guard arguments.skip("minimal") else { return .interval(try arguments.wholeSeconds(1...65535)) }
    _ = try arguments.keyword(["hello-multiplier"])
    return .minimal(helloMultiplier: try arguments.number(1...20))
  }

  /// A device that is up is the default.
  private static let shutdown = Command("shutdown") { arguments, draft throws(ConfigurationError) in
    draft.note(
      .changedMeaning, arguments, "the device is left up; without 'ip ospf area' and 'network' it takes no part in OSPF")
  } undo: { arguments, draft throws(ConfigurationError) in
    draft.note(.withoutEffect, arguments, "already the default")
  }

  private static let unsupported: [Command] =
    [
      .notSupported(
        "ipv6 ospf6 advertise prefix-list", "the prefixes of an interface are advertised all or, without an area, none")
    ]
}

extension Draft {
  /// Sets a parameter of the interface whose block is being read.
  fileprivate mutating func setParameter<Value: Equatable>(
    _ path: WritableKeyPath<InterfaceParameters, Value?>, to value: Value?, _ version: OSPFVersion,
    _ address: IPv4Address?, _ arguments: Arguments
  ) {
    guard case .interface(let index) = context else { return }
    if arguments.isNegated, configuration.interfaces[index][version, address][keyPath: path] == value {
      return note(.withoutEffect, arguments, "already the default")
    }
    configuration.interfaces[index][version, address][keyPath: path] = value
    let path: AnyKeyPath = path
    if path == \InterfaceParameters.area {
      places[.interfaceArea(configuration.interfaces[index].name, version, address)] = arguments.location
    }
    if path == \InterfaceParameters.networkType {
      places[.networkType(interface: configuration.interfaces[index].name, version)] = arguments.location
    }
    if path == \InterfaceParameters.neighborFilter {
      places[.neighborFilter(configuration.interfaces[index].name, version, address)] = arguments.location
    }
    if path == \InterfaceParameters.helloInterval || path == \InterfaceParameters.deadInterval {
      let name = configuration.interfaces[index].name
      places[.timers(interface: name, version, address)] = arguments.location
    } else if path == \InterfaceParameters.ipv4InstanceID {
      places[.addressFamily(interface: configuration.interfaces[index].name)] = arguments.location
    }
  }
}
