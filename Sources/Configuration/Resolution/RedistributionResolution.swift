import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

extension RedistributionPolicy {
  /// The policy of an instance, whose interfaces are `interfaces`. Nil when its version is not configured.
  public init?(_ configuration: Configuration, of instance: ProtocolInstance, interfaces: [InterfaceDefinition]) {
    guard let section = configuration[instance.version] else { return nil }
    var services: [IPPrefix: String] = [:]
    for service in configuration.services {
      for address in service.addresses {
        services[address.prefix] = service.name
        services[IPPrefix(host: address.address)] = service.name
      }
    }
    self.init(
      of: instance, section.redistribution, filters: configuration.filters, staticRoutes: configuration.staticRoutes,
      services: services, interfaces: interfaces)
  }
}

extension Configuration {
  /// Whether any line asks for routes of the kernel, so that they must be watched.
  public var redistributesKernelRoutes: Bool {
    [ospf, ospf6].contains { $0?.redistribution.asksForKernelRoutes ?? false }
  }
}
