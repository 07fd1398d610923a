import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

/// The commands of `anycast service`.
enum AnycastServiceCommands {
  static let all: [Command] =
    [
      description, address, addressMode, device, external, stub, check, require, drain, rise, linger, shutdown,
    ] + ServiceReactionCommands.all

  private static let defaults = ServiceConfiguration(name: "")

  /// The largest metric of an AS-external-LSA that is reachable: LSInfinity - 1 (RFC 2328 appendix B).
  static let largestExternalMetric = 0xFF_FFFE

  private static let description = Command("description") { arguments, draft throws(ConfigurationError) in
    let text = try arguments.restOfLine(expecting: "a text")
    draft.editService { service, _ in service.description = text }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.description = nil }
  }

  private static let address = Command("address") { arguments, draft throws(ConfigurationError) in
    let word = arguments.peek
    let address = try serviceAddress(&arguments)
    let metric = try addressMetric(&arguments)
    if let problem = address.address.reasonAgainstService {
      throw arguments.conflict(problem, at: word)
    }
    if let other = draft.add(address, at: arguments.line.location(of: word)) {
      throw arguments.conflict("\(other.reason), at \(other.place)", at: word)
    }
    draft.editService { service, _ in service.addressMetrics[address.address] = metric }
  } undo: { arguments, draft throws(ConfigurationError) in
    let address = try serviceAddress(&arguments)
    _ = try addressMetric(&arguments)
    draft.remove(address)
    draft.editService { service, _ in service.addressMetrics[address.address] = nil }
  }

  private static func addressMetric(_ arguments: inout Arguments) throws(ConfigurationError) -> UInt32? {
    guard !arguments.isAtEnd else { return nil }
    _ = try arguments.keyword(["metric"])
    return UInt32(clamping: try arguments.number(0...largestExternalMetric))
  }

  private static func serviceAddress(_ arguments: inout Arguments) throws(ConfigurationError) -> ServiceAddress {
    try arguments.value("an IPv4 or IPv6 address, with or without /LENGTH") { text in
      if let address = IPAddress(text) { return ServiceAddress(address: address, prefixLength: address.bitWidth) }
      guard let prefix = IPPrefix(text), prefix.length > 0, let slash = text.firstIndex(of: "/") else { return nil }
      return IPAddress(text[..<slash]).map { ServiceAddress(address: $0, prefixLength: prefix.length) }
    }
  }

  private static let addressMode = Command("address-mode") { arguments, draft throws(ConfigurationError) in
    let mode = try arguments.choice(AddressMode.self)
    draft.editService { service, _ in service.addressMode = mode }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.addressMode = defaults.addressMode }
  }

  private static let device = Command("device") { arguments, draft throws(ConfigurationError) in
    let name = try arguments.interfaceName()
    draft.editService { service, _ in service.device = name }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.device = defaults.device }
  }

  private static let external = advertise("external") { arguments throws(ConfigurationError) in
    guard case .external(var metric, var type, var tag) = defaults.advertise else { return defaults.advertise }
    while !arguments.isAtEnd {
      switch try arguments.keyword(["metric", "metric-type", "tag"]) {
      case "metric": metric = UInt32(clamping: try arguments.number(0...largestExternalMetric))
      case "metric-type": type = try arguments.keyword(["1", "2"]) == "1" ? .type1 : .type2
      default: tag = UInt32(clamping: try arguments.number(0...Int(UInt32.max)))
      }
    }
    return .external(metric: metric, type: type, tag: tag)
  }

  private static let stub = advertise("stub") { arguments throws(ConfigurationError) in
    var metric: UInt16 = 0
    while !arguments.isAtEnd {
      _ = try arguments.keyword(["metric"])
      metric = UInt16(clamping: try arguments.number(0...65535))
    }
    return .stub(metric: metric)
  }

  private static func advertise(
    _ kind: String, _ read: @escaping @Sendable (inout Arguments) throws(ConfigurationError) -> Advertisement.Kind
  ) -> Command {
    Command("advertise \(kind)") { arguments, draft throws(ConfigurationError) in
      let advertise = try read(&arguments)
      draft.editService { service, _ in service.advertise = advertise }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.editService { service, _ in service.advertise = defaults.advertise }
    }
  }

  /// `no check` alone removes every check, with arguments the one that they describe.
  private static let check = Command("check") { arguments, draft throws(ConfigurationError) in
    let check = try CheckArguments.read(&arguments)
    draft.editService { service, _ in service.checks.append(check) }
  } undo: { arguments, draft throws(ConfigurationError) in
    if arguments.isAtEnd { return draft.editService { service, _ in service.checks = [] } }
    let check = try CheckArguments.read(&arguments)
    draft.editService { service, _ in service.checks.removeAll { $0 == check } }
  }

  private static let require = Command("require") { arguments, draft throws(ConfigurationError) in
    let location = arguments.line.location(of: arguments.peek)
    let requirement: Requirement =
      if arguments.skip("all") {
        .all
      } else if arguments.skip("any") {
        .any
      } else {
        .atLeast(try arguments.number(1...1000, "'all', 'any' or a number"))
      }
    if case .service(let index) = draft.context { draft.places[.require(index)] = location }
    draft.editService { service, _ in service.require = requirement }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.require = defaults.require }
  }

  private static let drain = Command("drain") { arguments, draft throws(ConfigurationError) in
    _ = try arguments.keyword(["metric"])
    let location = arguments.line.location(of: arguments.peek)
    let metric = UInt32(clamping: try arguments.number(0...largestExternalMetric))
    _ = try arguments.keyword(["for"])
    let duration = try arguments.duration(.milliseconds(1) ... .seconds(86400), bare: .seconds)
    if case .service(let index) = draft.context { draft.places[.drain(index)] = location }
    draft.editService { service, _ in service.drain = DrainMetric(metric: metric, duration: duration) }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.drain = nil }
  }

  private static let rise = Command("rise") { arguments, draft throws(ConfigurationError) in
    _ = try arguments.keyword(["metric"])
    let location = arguments.line.location(of: arguments.peek)
    let metric = UInt32(clamping: try arguments.number(0...largestExternalMetric))
    _ = try arguments.keyword(["for"])
    let duration = try arguments.duration(.milliseconds(1) ... .seconds(86400), bare: .seconds)
    if case .service(let index) = draft.context { draft.places[.rise(index)] = location }
    draft.editService { service, _ in service.rise = RiseMetric(metric: metric, duration: duration) }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.rise = nil }
  }

  private static let linger = Command("linger") { arguments, draft throws(ConfigurationError) in
    let duration = try arguments.duration(.zero ... .seconds(86400), bare: .seconds)
    draft.editService { service, _ in service.linger = duration }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.linger = defaults.linger }
  }

  private static let shutdown = Command("shutdown") { _, draft throws(ConfigurationError) in
    draft.editService { service, _ in service.isShutdown = true }
  } undo: { _, draft throws(ConfigurationError) in
    draft.editService { service, _ in service.isShutdown = false }
  }
}

extension IPAddress {
  /// Why it cannot be the address of a service; nil when it can.
  package var reasonAgainstService: String? {
    switch self {
    case .v4(let address):
      if address == .unspecified { return "the unspecified address" }
      if address.rawValue >> 24 == 127 { return "a loopback address" }
      return address.rawValue >> 28 >= 0xE ? "not a unicast address" : nil
    case .v6(let address):
      if address == .unspecified { return "the unspecified address" }
      if address == IPv6Address(high: 0, low: 1) { return "a loopback address" }
      if address.isLinkLocal { return "a link-local address" }
      return address.isMulticast ? "not a unicast address" : nil
    }
  }
}
