import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire

/// What became of a service that was put or removed.
public struct ServiceTransition: Sendable {
  /// The service before; nil when there was none.
  public let former: RuntimeService?
  /// The service now; nil when there is none.
  public let current: RuntimeService?

  /// What is different, in a sentence.
  public var message: String {
    switch (former, current) {
    case (nil, let current?): "service \(current.configuration.name) added" + Self.stay(current)
    case (let former?, nil): "service \(former.configuration.name) removed"
    case (let former?, let current?) where former.configuration != current.configuration:
      "service \(current.configuration.name) changed" + Self.stay(current)
    case (let former?, let current?) where former.isPersistent != current.isPersistent:
      "service \(current.configuration.name) " + (current.isPersistent ? "is kept over restarts" : "is gone at the next start")
    case (_, let current?): "service \(current.configuration.name) is as it was" + Self.stay(current)
    case (nil, nil): "nothing is different"
    }
  }

  private static func stay(_ service: RuntimeService) -> String {
    service.isPersistent ? ", and kept over restarts" : ", until the next start"
  }
}

/// Services that come and go without a file.
///
/// A change after a while without any is taken over at once. Those that follow it are taken over together: all services are looked at
/// once, after a pause that grows with their number, so that adding 10,000 one after the other costs as much per service as adding ten.
/// Whoever asks about services sees them at once.
extension AnycastNode {
  /// How long there is between two looks at all services, for each service that there is.
  static let pausePerService = Duration.microseconds(50)

  /// Adds a service, or changes the one of its name that was added before.
  public func putService(_ service: RuntimeService, at now: Instant) throws(RuntimeServiceError) -> ServiceTransition {
    guard state == .running || state == .suspended else { throw .leaving }
    let former = try runtimeServices.put(service)
    if service.isPersistent || former?.isPersistent == true, service != former {
      sink.append(.storeService(name: service.configuration.name, text: service.isPersistent ? service.text : nil))
    }
    if former?.configuration != service.configuration { takeOverServicesSoon(at: now) }
    return ServiceTransition(former: former, current: service)
  }

  /// Removes a service that was added.
  public func removeService(_ name: String, at now: Instant) throws(RuntimeServiceError) -> ServiceTransition {
    guard state == .running || state == .suspended else { throw .leaving }
    let former = try runtimeServices.remove(name)
    if former.isPersistent { sink.append(.storeService(name: name, text: nil)) }
    takeOverServicesSoon(at: now)
    return ServiceTransition(former: former, current: nil)
  }

  private func takeOverServicesSoon(at now: Instant) {
    guard servicesDue == nil else { return }
    let pause = Self.pausePerService * configuration.services.count
    servicesDue = max(now, servicesTakenOver.map { $0 + pause } ?? now)
  }

  /// Takes over what services were put and removed since the last time: nothing where there are none.
  func takeOverServices(at now: Instant) {
    guard servicesDue != nil else { return }
    servicesDue = nil
    servicesTakenOver = now
    guard state == .running || state == .suspended else { return }
    enforce(fileConfiguration, at: now)
    finishTurn(at: now)
  }

  /// A configuration of files with the services that were added.
  func complete(_ configuration: Configuration) -> Configuration {
    var complete = configuration
    complete.services += runtimeServices.all.map(\.configuration)
    return complete
  }
}
