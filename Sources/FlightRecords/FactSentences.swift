import OSPFProtocol
import OSPFWire

/// Facts in words. Those that are events as well stand in a recording with the words of the log.
extension RecordedFact: CustomStringConvertible {
  public var description: String {
    switch self {
    case .configuration(let digest): "configuration in force: SHA-256 \(digest)"
    case .instance(let instance, let routerID, _): "\(instance) runs with router ID \(routerID)"
    case .interface(let interface): interface.description
    case .interfaceRemoved(let name):
      "\(name.instance): \(name.device)\(name.address.map { " (\($0))" } ?? "") is no interface any more"
    case .interfaceState(_, let interface, let from, let to):
      "\(interface.name) (\(interface.address)): \(from.rawValue) -> \(to.rawValue)"
    case .neighbor(_, let neighbor, let from, let to, let cause):
      "neighbor \(neighbor.routerID) (\(neighbor.address) on \(neighbor.interface.name)): \(from) -> \(to) (\(cause.rawValue))"
    case .refusal(_, let index, let source, let kind): "interface \(index): packet from \(source) refused: \(kind.rawValue)"
    case .path(let peer, let isUp, let reason):
      "OSPF is told that the path from \(peer.localAddress) to \(peer.address) is "
        + (isUp ? "up" : "down" + (reason.isEmpty ? "" : ": \(reason)"))
    case .link(let name, _, let mtu, let isUp): "device \(name) is \(isUp ? "up" : "down"), MTU \(mtu)"
    case .linkRemoved(let name, _): "device \(name) is gone"
    case .check(let service, let check, let from, let to, let reason): "\(service): check \(check): \(from) -> \(to): \(reason)"
    case .service(let service, let from, let to, let reason): "\(service): \(from) -> \(to): \(reason)"
    }
  }
}

extension RecordedInterface: CustomStringConvertible {
  public var description: String {
    let settings = definition.settings
    var words = "\(instance): \(definition.name)\(address.map { " (\($0))" } ?? "") is \(definition.isUp ? "up" : "down")"
    words += ", area \(settings.area), \(settings.networkType.rawValue) network"
    words += ", HelloInterval \(Self.seconds(settings.helloInterval))"
    words += ", RouterDeadInterval \(Self.seconds(settings.routerDeadInterval))"
    words += ", RxmtInterval \(Self.seconds(settings.rxmtInterval))"
    words += ", cost \(settings.cost), priority \(settings.priority), MTU \(settings.announcedMTU ?? definition.mtu)"
    if settings.isPassive { words += ", passive" }
    if settings.bfd != .none { words += ", BFD" }
    if authentication != .null { words += ", authentication \(authentication.rawValue)" }
    return words
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    return milliseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + milliseconds) ms"
  }
}
