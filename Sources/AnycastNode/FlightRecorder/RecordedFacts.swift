import AnycastPolicy
import BFDProtocol
import FlightRecords
import OSPFProtocol
import OSPFWire

/// What a flight recorder is told of an event for programs; nil where the words are all.
extension NodeEvent {
  public var fact: RecordedFact? {
    switch self {
    case .router(let instance, .interfaceStateChanged(let interface, let from, let to), _):
      .interfaceState(instance, interface, from: from, to: to)
    case .router(let instance, .neighborStateChanged(let neighbor, let from, let to, let cause), _):
      .neighbor(instance, neighbor, from: from, to: to, cause: cause)
    case .router(let instance, .packetRefused(_, let index, let source, let reason), _):
      .refusal(instance, interfaceIndex: index, source: source, reason.kind)
    case .router(let instance, .gracefulRestart(let event), _): .gracefulRestart(instance, event)
    case .policy(.serviceStateChanged(let service, let from, let to, let reason)):
      .service(service, from: from.rawValue, to: to.rawValue, reason: reason)
    case .policy(.checkStateChanged(let service, let check, let from, let to, let reason)):
      .check(service: service, check: check, from: from.rawValue, to: to.rawValue, reason: reason)
    default: nil
    }
  }
}

/// What a flight recorder is told and the log is not: parameters, devices, paths.
extension AnycastNode {
  /// Tells of an instance and of its interfaces what is different from what was told last.
  func recordParameters(of instance: NodeInstance) {
    let configuration = instance.router.configuration
    let fact = RecordedFact.instance(
      instance.kind, routerID: configuration.routerID, areas: configuration.areas, helping: configuration.gracefulRestart)
    if instance.recordedFact != fact {
      instance.recordedFact = fact
      sink.append(.record(fact))
    }
    recordInterfaces(of: instance, instance.definitions.map { RecordedInterface(instance.kind, $0) })
  }

  /// Of an instance that has departed nothing is there any more.
  func recordDeparture(of instance: NodeInstance) { recordInterfaces(of: instance, []) }

  private func recordInterfaces(of instance: NodeInstance, _ interfaces: [RecordedInterface]) {
    guard interfaces != instance.recordedInterfaces else { return }
    let former = Dictionary(instance.recordedInterfaces.map { ($0.name, $0) }) { first, _ in first }
    instance.recordedInterfaces = interfaces
    for interface in interfaces where former[interface.name] != interface { sink.append(.record(.interface(interface))) }
    let names = Set(interfaces.map(\.name))
    for name in former.keys.filter({ !names.contains($0) }).sorted(by: { $0.index < $1.index }) {
      sink.append(.record(.interfaceRemoved(name)))
    }
  }

  /// Tells of the devices what is different from what was told before.
  func recordLinks(before former: [Link]) {
    let known = Dictionary(former.map { ($0.index, $0) }) { first, _ in first }
    for link in links {
      let before = known[link.index]
      guard before?.name != link.name || before?.mtu != link.mtu || before?.isUp != link.isUp else { continue }
      sink.append(.record(.link(name: link.name, index: link.index, mtu: link.mtu, isUp: link.isUp)))
    }
    let indices = Set(links.map(\.index))
    for link in former where !indices.contains(link.index) {
      sink.append(.record(.linkRemoved(name: link.name, index: link.index)))
    }
  }
}
