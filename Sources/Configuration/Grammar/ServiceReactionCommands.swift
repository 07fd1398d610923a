import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

/// The commands of `anycast service` that say what happens when a service does not simply work or fail.
enum ServiceReactionCommands {
  static let all = [degraded, damping, minimumNodes, stateTag, countTraffic, onChange, installRoute]

  private static let degraded = Command("degraded metric") { arguments, draft throws(ConfigurationError) in
    let location = arguments.line.location(of: arguments.peek)
    let metric = UInt32(clamping: try arguments.number(0...AnycastServiceCommands.largestExternalMetric))
    if case .service(let index) = draft.context { draft.places[.degraded(index)] = location }
    draft.editService { service, _ in service.degradedMetric = metric }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.degradedMetric = nil }
  }

  private static let damping = Command("damping") { arguments, draft throws(ConfigurationError) in
    let limit = try arguments.number(1...1000, "how many changes of state are tolerated")
    _ = try arguments.keyword(["in"])
    var damping = DampingConfiguration(
      limit: limit, window: try arguments.duration(.seconds(1) ... .seconds(86400), bare: .seconds))
    var longest: Duration?
    while !arguments.isAtEnd {
      let word = arguments.peek
      switch try arguments.keyword(["hold", "max"]) {
      case "hold": damping.hold = try arguments.duration(.seconds(1) ... .seconds(86400), bare: .seconds)
      default:
        let duration = try arguments.duration(.seconds(1) ... .seconds(86400), bare: .seconds)
        guard duration >= damping.hold else {
          throw arguments.conflict("the longest time is shorter than the first, which stands before it or is 1m", at: word)
        }
        longest = duration
      }
    }
    damping.longestHold = longest ?? max(damping.longestHold, damping.hold)
    draft.editService { service, _ in service.damping = damping }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.damping = nil }
  }

  private static let installRoute = Command("install-route") { arguments, draft throws(ConfigurationError) in
    let location = arguments.location
    var target = RouteTarget()
    repeat {
      switch try arguments.keyword(["via", "dev"]) {
      case "via":
        target.gateway = try arguments.value("the IPv4 or IPv6 address of the next router") { IPAddress($0) }
      default: target.device = try arguments.interfaceName()
      }
    } while !arguments.isAtEnd
    if case .service(let index) = draft.context { draft.places[.installRoute(index)] = location }
    let chosen = target
    draft.editService { service, _ in service.installRoute = chosen }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.installRoute = nil }
  }

  private static let minimumNodes = Command("minimum-nodes") { arguments, draft throws(ConfigurationError) in
    let location = arguments.location
    var lastNode = LastNodeGuard(minimumNodes: try arguments.number(1...1000, "how many other nodes must serve"))
    if !arguments.isAtEnd {
      _ = try arguments.keyword(["last-resort"])
      _ = try arguments.keyword(["metric"])
      lastNode.metric = UInt32(clamping: try arguments.number(0...AnycastServiceCommands.largestExternalMetric))
    }
    if case .service(let index) = draft.context { draft.places[.minimumNodes(index)] = location }
    let chosen = lastNode
    draft.editService { service, _ in service.lastNodeGuard = chosen }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.lastNodeGuard = nil }
  }

  private static let stateTag = Command("tag state") { arguments, draft throws(ConfigurationError) in
    let location = arguments.location
    var tag = StateTag()
    if !arguments.isAtEnd {
      _ = try arguments.keyword(["bit"])
      tag.bit = try arguments.number(StateTag.bits, "the lowest of three bits")
    }
    if case .service(let index) = draft.context { draft.places[.stateTag(index)] = location }
    let chosen = tag
    draft.editService { service, _ in service.stateTag = chosen }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.stateTag = nil }
  }

  private static let countTraffic = Command("count traffic") { _, draft throws(ConfigurationError) in
    draft.editService { service, _ in service.countsTraffic = true }
  } undo: { _, draft throws(ConfigurationError) in
    draft.editService { service, _ in service.countsTraffic = false }
  }

  private static let onChange = Command("on-change exec") { arguments, draft throws(ConfigurationError) in
    try arguments.readQuotes()
    var command = [
      try arguments.value("the absolute path of a program") { $0.utf8.first == UInt8(ascii: "/") ? $0 : nil }
    ]
    while !arguments.isAtEnd { command.append(try arguments.take(expecting: "an argument").text) }
    draft.editService { service, _ in service.onChange = command }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editService { service, _ in service.onChange = [] }
  }
}
