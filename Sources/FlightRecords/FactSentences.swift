import OSPFProtocol
import OSPFWire

/// Facts in words. Those that are events as well stand in a recording with the words of the log.
extension RecordedFact: CustomStringConvertible {
  public var description: String {
    switch self {
    case .configuration(let digest): "configuration in force: SHA-256 \(digest)"
    case .instance(let instance, let routerID, _, _): "\(instance) runs with router ID \(routerID)"
    case .interface(let interface): interface.description
    case .interfaceRemoved(let name):
      "\(name.instance): \(name.device)\(name.address.map { " (\($0))" } ?? "") is no interface any more"
    case .interfaceState(_, let interface, let from, let to):
      "\(interface.name) (\(interface.address)): \(from.rawValue) -> \(to.rawValue)"
    case .neighbor(_, let neighbor, let from, let to, let cause):
      "neighbor \(neighbor.routerID) (\(neighbor.address) on \(neighbor.interface.name)): \(from) -> \(to) (\(cause.rawValue))"
    case .restartAnnounced(let instance, let gracePeriod):
      "\(instance): a graceful restart begins, with a grace period of \(RecordedInterface.seconds(gracePeriod))"
    case .resumed(let instance, let restart):
      "\(instance) goes on after a restart: \(restart.state.adjacencies.count) adjacencies are to come back "
        + "within \(RecordedInterface.seconds(restart.gracePeriod))"
    case .gracefulRestart(_, let event): event.sentence
    case .noted(let instance, let note): note.words(instance.version)
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

  fileprivate static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    return milliseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + milliseconds) ms"
  }
}

extension RouterNote {
  fileprivate func words(_ version: OSPFVersion) -> String {
    switch self {
    case .descriptionRetransmitted(let neighbor, let number):
      "Database Description \(number) sent again to \(neighbor.routerID) on \(neighbor.interface.name): it was not answered"
    case .requestsRetransmitted(let neighbor, let lsas):
      "Link State Request sent again to \(neighbor.routerID) on \(neighbor.interface.name): not answered within RxmtInterval: "
        + lsas.words(version)
    case .updatesRetransmitted(let neighbor, let lsas, let isEarly):
      "Link State Update sent again to \(neighbor.routerID) on \(neighbor.interface.name): "
        + (isEarly ? "not acknowledged yet: " : "not acknowledged within RxmtInterval: ") + lsas.words(version)
    case .delayedAcknowledgmentsSent(let interface, let lsas):
      "delayed acknowledgments sent on \(interface.name): " + lsas.words(version)
    case .withdrawalHeld(let prefix):
      "\(prefix) is to be withdrawn while the node restarts gracefully"
    }
  }
}

extension ListedLSAs {
  fileprivate func words(_ version: OSPFVersion) -> String {
    let named = keys.map { "\($0.lsType.name(version)) \($0.linkStateID) of \($0.advertisingRouter)" }.joined(separator: ", ")
    return count > keys.count ? "\(named) and \(count - keys.count) more" : named
  }
}
