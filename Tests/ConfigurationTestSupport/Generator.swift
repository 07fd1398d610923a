import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

import Configuration

/// Makes valid configurations from a seed: every field, present and absent.
package struct ConfigurationGenerator {
  package var random: SplitMix64

  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// The configuration of a seed.
  package static func make(seed: UInt64) -> Configuration {
    var generator = ConfigurationGenerator(seed: seed)
    return generator.configuration()
  }

  package mutating func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.routerID = maybe { RouterID(rawValue: $0.number(1...0x0FFF_FFFF)) }
    configuration.interfaces = (0..<number(0...3)).map { interface("eth\($0)") }
    configuration.ospf = maybe { $0.section(.v2) }
    configuration.ospf6 = maybe { $0.section(.v3) }
    configuration.services = (0..<number(0...3)).map { service($0) }
    configuration.filters = filters()
    for name in ["keys", "key"] { configuration.keyChains[name] = maybe { $0.keyChain() } }
    configuration.bfd = bfd()
    configuration.staticRoutes = (0..<number(0...2)).map { staticRoute($0) }
    configuration.controlGroup = maybe { $0.one(of: ["operators", "netadmin"], or: "adm") }
    configuration.othersMayRead = maybe { _ in true } ?? false
    configuration.logging.file = maybe { .init(path: "/var/log/x", level: $0.one(of: LogSeverity.allCases, or: .errors)) }
    configuration.logging.syslog = maybe { $0.one(of: LogSeverity.allCases, or: .errors) }
    configuration.logging.facility = one(of: SyslogFacility.allCases, or: .daemon)
    return configuration
  }

  package mutating func number<Value: FixedWidthInteger>(_ range: ClosedRange<Value>) -> Value {
    Value.random(in: range, using: &random)
  }

  package mutating func one<Element>(of elements: [Element], or other: Element) -> Element {
    elements.randomElement(using: &random) ?? other
  }

  package mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
    Bool.random(using: &random) ? make(&self) : nil
  }

  package mutating func text() -> String {
    let words = ["probe", "a\"b", "c\\d", "'e'", "!", "no", "\u{FC}ber", "interval", "x y", "#"]
    return (0..<number(1...4)).map { _ in one(of: words, or: "") }.joined(separator: " ")
  }

  private mutating func interface(_ name: String) -> InterfaceConfiguration {
    var interface = InterfaceConfiguration(name: name)
    interface.description = maybe { $0.text() }
    interface.ospf = parameters(.v2)
    interface.ospf6 = parameters(.v3)
    for _ in 0..<number(0...2) {
      let parameters = parameters(.v2)
      guard parameters != InterfaceParameters() else { continue }
      interface.ospfByAddress[IPv4Address(rawValue: number(0x0A00_0000...0x0AFF_FFFF))] = parameters
    }
    return interface
  }

  /// Hello intervals stay below every dead interval, so that any two of them go together.
  private mutating func parameters(_ version: OSPFVersion) -> InterfaceParameters {
    var parameters = InterfaceParameters()
    parameters.area = maybe { AreaID(rawValue: $0.number(0...UInt32.max)) }
    parameters.networkType = maybe { $0.one(of: NetworkType.allCases, or: .broadcast) }
    parameters.helloInterval = maybe { $0.one(of: [.milliseconds(250), .seconds(1), .seconds(39)], or: .seconds(1)) }
    parameters.deadInterval = maybe {
      let interval = InterfaceParameters.DeadInterval.interval(.seconds($0.number(40...65535)))
      return $0.one(of: [interval, .minimal(helloMultiplier: $0.number(2...20))], or: interval)
    }
    parameters.rxmtInterval = maybe { .milliseconds($0.number(1000...65_535_000)) }
    parameters.infTransDelay = maybe { $0.number(1...65535) }
    parameters.priority = maybe { $0.number(0...255) }
    parameters.cost = maybe { $0.number(1...65535) }
    parameters.bfd = maybe { $0.interfaceBFD() }
    parameters.mtuIgnore = maybe { _ in true }
    parameters.isPassive = maybe { Bool.random(using: &$0.random) }
    if version == .v2 { parameters.suppressesPrefix = maybe { _ in true } }
    if version == .v2 { authenticate(&parameters) } else { authenticateTrailers(&parameters) }
    guard version == .v3 else { return parameters }
    parameters.instanceID = maybe { $0.one(of: [0, 31, 192, 255], or: 0) }
    parameters.ipv4InstanceID = maybe { $0.number(64...95) }
    parameters.announcedMTU = maybe { $0.number(1...65535) }
    return parameters
  }

  private mutating func section(_ version: OSPFVersion) -> RouterSection {
    var section = RouterSection()
    section.routerID = maybe { RouterID(rawValue: $0.number(1...0x0FFF_FFFF)) }
    for _ in 0..<number(0...2) {
      section.areas[AreaID(rawValue: number(1...9))] = one(of: [.stub, .nssa], or: .stub)
    }
    section.maxMetric = maybe { $0.one(of: [.never, .withSeveralUplinks, .always], or: .never) }
    section.isHostRouter = Bool.random(using: &random)
    section.minLSInterval = maybe { .milliseconds($0.number(0...60000)) }
    section.minLSArrival = maybe { .milliseconds($0.number(0...600_000)) }
    section.maximumLSAs = maybe { $0.number(10...500_000) }
    if section.maximumLSAs != nil { section.ignoreTime = maybe { .seconds($0.number(1...3600)) } }
    section.referenceBandwidth = maybe { $0.number(1...4_294_967) }
    section.gracefulRestart = gracefulRestart()
    redistribute(&section)
    guard version == .v2 else { return section }
    for source in RouteSource.allCases where Bool.random(using: &random) {
      section.redistribution.distributeLists[source] = DistributeList(accessList: one(of: ["x", "10"], or: "x"), origin: origin)
    }
    for _ in 0..<number(0...2) {
      section.areaAuthentication[AreaID(rawValue: number(0...9))] = one(of: [.simple, .messageDigest], or: .simple)
    }
    section.isPassiveByDefault = Bool.random(using: &random)
    section.networks = (0..<number(0...3)).map {
      let prefix = IPv4Prefix(IPv4Address(10, UInt8($0), 0, 0), length: number(16...32))
      return NetworkStatement(prefix: prefix, area: AreaID(rawValue: number(0...9)))
    }
    for _ in 0..<number(0...2) {
      section.neighbors[IPv4Address(rawValue: number(0x0A00_0000...0x0AFF_FFFF))] = NeighborStatement(
        priority: maybe { $0.number(0...255) }, pollInterval: maybe { .milliseconds($0.number(1000...65_535_000)) })
    }
    return section
  }

  private mutating func gracefulRestart() -> GracefulRestartStatements {
    var statements = GracefulRestartStatements()
    statements.isEnabled = Bool.random(using: &random)
    if statements.isEnabled { statements.gracePeriod = maybe { .seconds($0.number(1...1800)) } }
    statements.helped = one(
      of: [.everybody, .nobody, .only([RouterID(rawValue: number(1...9)), RouterID(rawValue: 10)])], or: .everybody)
    statements.hasStrictLSAChecking = Bool.random(using: &random)
    statements.helpsOnlyPlanned = Bool.random(using: &random)
    statements.longestGracePeriod = maybe { .seconds($0.number(10...1800)) }
    return statements
  }

  private mutating func service(_ index: UInt8) -> ServiceConfiguration {
    var service = ServiceConfiguration(name: "service-\(index)")
    service.description = maybe { $0.text() }
    service.addresses = [ServiceAddress(address: .v4(IPv4Address(192, 0, index, 77)), prefixLength: number(24...32))]
    if Bool.random(using: &random) {
      let address = IPAddress.v6(IPv6Address(high: 0x2001_0DB8_0000_0000 | UInt64(index), low: number(0...UInt64.max)))
      service.addresses.append(ServiceAddress(address: address, prefixLength: number(64...128)))
    }
    service.addressMode = one(of: AddressMode.allCases, or: .none)
    if service.addressMode == .present || service.addressMode == .none {
      service.installRoute = maybe {
        $0.one(
          of: [
            RouteTarget(gateway: .v4(IPv4Address(10, 0, 0, 1))), RouteTarget(device: "eth1"),
            RouteTarget(gateway: .v4(IPv4Address(10, 0, 0, 1)), device: "eth1"),
          ], or: RouteTarget(device: "eth1"))
      }
    }
    service.device = one(of: ["lo", "dummy0"], or: "lo")
    service.advertise = one(
      of: [
        .external(
          metric: number(0...1000), type: one(of: [.type1, .type2], or: .type1), tag: one(of: [0, UInt32.max], or: 0)),
        .stub(metric: number(0...1000)),
      ], or: .stub(metric: 0))
    service.checks = (0..<number(0...4)).map { _ in check() }
    service.require = one(of: service.checks.isEmpty ? [.all, .any] : [.all, .any, .atLeast(service.checks.count)], or: .all)
    for address in service.addresses { service.addressMetrics[address.address] = maybe { $0.number(0...1000) } }
    service.degradedMetric = maybe { $0.number(1001...65534) }
    if !service.checks.isEmpty {
      if case .external(_, _, 0) = service.advertise { service.stateTag = maybe { StateTag(bit: $0.number(0...29)) } }
      service.lastNodeGuard = maybe { LastNodeGuard(minimumNodes: $0.number(1...9), metric: $0.maybe { _ in 65535 }) }
    }
    service.countsTraffic = Bool.random(using: &random)
    service.damping = maybe {
      let hold = $0.number(1...3600)
      return DampingConfiguration(
        limit: $0.number(1...1000), window: .seconds($0.number(1...86400)), hold: .seconds(hold),
        longestHold: .seconds($0.number(hold...86400)))
    }
    service.onChange = maybe { ["/bin/\($0.text())", $0.text(), "", "it's"] } ?? []
    service.rise = maybe { RiseMetric(metric: $0.number(1001...65534), duration: .milliseconds($0.number(1...86_400_000))) }
    service.drain = maybe { DrainMetric(metric: $0.number(1001...65534), duration: .milliseconds($0.number(1...86_400_000))) }
    service.linger = .milliseconds(number(0...86_400_000))
    service.isShutdown = Bool.random(using: &random)
    return service
  }

  private mutating func check() -> CheckConfiguration {
    let timeout = number(1...5000)
    let interval = number(max(timeout, 10)...86_400_000)
    return CheckConfiguration(
      kind: checkKind(), interval: .milliseconds(interval), timeout: .milliseconds(timeout),
      jitter: maybe { .milliseconds($0.number(0...interval / 2)) }, rise: number(1...1000), fall: number(1...1000))
  }
}
