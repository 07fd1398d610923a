import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire

/// A service that was added while the daemon runs.
public struct RuntimeService: Hashable, Sendable {
  /// What it is.
  public var configuration: ServiceConfiguration
  /// The inside of its block, as it was given.
  public var text: String
  /// Whether it is to be there after a restart.
  public var isPersistent: Bool

  public init(configuration: ServiceConfiguration, text: String, isPersistent: Bool) {
    self.configuration = configuration
    self.text = text
    self.isPersistent = isPersistent
  }
}

/// Why a service cannot be added, changed or removed while the daemon runs. Its description is the sentence for the operator.
public enum RuntimeServiceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The configuration file has a service of this name.
  case inConfiguration(String)
  /// There is no such service.
  case unknown(String, nearest: String?)
  /// Another service has the address, or its prefix.
  case taken(IPPrefix, by: String)
  /// It would be one too many.
  case tooMany(limit: Int)
  /// The daemon is leaving.
  case leaving

  public var description: String {
    switch self {
    case .inConfiguration(let name):
      "service '\(name)' is in the configuration file: change it there and reload"
    case .unknown(let name, let nearest):
      "there is no service '\(name)' that was added at run time" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .taken(let prefix, let owner): "service '\(owner)' has \(prefix) already"
    case .tooMany(let limit): "there are \(limit) services that were added at run time, and no more are taken"
    case .leaving: "the daemon is leaving: nothing was changed"
    }
  }
}

/// The services of the configuration file and those that were added since, each with a name and addresses that no other one has.
///
/// What a change costs does not depend on how many services there are.
public struct RuntimeServices: Sendable {
  /// So many services can be added.
  public static let limit = 20_000

  /// Where a service's name or address is in use.
  private struct Owners {
    var names: Set<String> = []
    var addresses: [IPAddress: String] = [:]
    var prefixes: [IPPrefix: String] = [:]

    mutating func insert(_ service: ServiceConfiguration) {
      names.insert(service.name)
      for address in service.addresses {
        addresses[address.address] = service.name
        prefixes[address.prefix] = service.name
      }
    }

    mutating func remove(_ service: ServiceConfiguration) {
      names.remove(service.name)
      for address in service.addresses {
        addresses[address.address] = nil
        prefixes[address.prefix] = nil
      }
    }

    /// What of the service another one has.
    func conflict(with service: ServiceConfiguration) -> RuntimeServiceError? {
      for address in service.addresses {
        let owner = addresses[address.address] ?? prefixes[address.prefix]
        if let owner, owner != service.name { return .taken(address.prefix, by: owner) }
      }
      return nil
    }
  }

  private var configured = Owners()
  private var added = Owners()
  private var services: [String: (service: RuntimeService, position: Int)] = [:]
  private var nextPosition = 0

  /// None, beside those of a configuration.
  public init(beside configuration: Configuration) {
    for service in configuration.services { configured.insert(service) }
  }

  /// Those that were added, in the order in which they were.
  public var all: [RuntimeService] { services.values.sorted { $0.position < $1.position }.map(\.service) }

  /// One that was added.
  public subscript(name: String) -> RuntimeService? { services[name]?.service }

  /// How many were added.
  public var count: Int { services.count }

  /// Adds a service, or puts it in the place of the one of this name. Returns the one that was there.
  @discardableResult
  public mutating func put(_ service: RuntimeService) throws(RuntimeServiceError) -> RuntimeService? {
    let name = service.configuration.name
    guard !configured.names.contains(name) else { throw .inConfiguration(name) }
    if let conflict = configured.conflict(with: service.configuration) ?? added.conflict(with: service.configuration) {
      throw conflict
    }
    let former = services[name]
    guard former != nil || services.count < Self.limit else { throw .tooMany(limit: Self.limit) }
    if let former { added.remove(former.service.configuration) }
    added.insert(service.configuration)
    services[name] = (service, former?.position ?? nextPosition)
    if former == nil { nextPosition += 1 }
    return former?.service
  }

  /// Removes a service that was added. Returns it.
  @discardableResult
  public mutating func remove(_ name: String) throws(RuntimeServiceError) -> RuntimeService {
    guard let former = services.removeValue(forKey: name) else {
      guard !configured.names.contains(name) else { throw .inConfiguration(name) }
      let nearest = EditDistance.nearest(to: name, among: Array(services.keys), within: max(name.count / 3, 1))
      throw .unknown(name, nearest: nearest)
    }
    added.remove(former.service.configuration)
    return former.service
  }

  /// What of the services that were added another configuration has too: each a sentence.
  public func conflicts(with configuration: Configuration) -> [String] {
    var owners = Owners()
    for service in configuration.services { owners.insert(service) }
    let routerIDs = Set(
      [configuration.routerID, configuration.ospf?.routerID, configuration.ospf6?.routerID].compactMap { $0 })
    return all.compactMap { service in
      let name = service.configuration.name
      let remedy = "'anycastctl service remove \(name)' ends that"
      if owners.names.contains(name) { return "service '\(name)' was added at run time; \(remedy)" }
      if case .taken(let prefix, let owner)? = owners.conflict(with: service.configuration) {
        return "service '\(owner)' has \(prefix), which service '\(name)' has that was added at run time; \(remedy)"
      }
      let taken = service.configuration.addresses.compactMap(\.address.v4).first {
        routerIDs.contains(RouterID(rawValue: $0.rawValue))
      }
      return taken.map { "\($0) is to be the router ID, and service '\(name)' has it that was added at run time; \(remedy)" }
    }
  }

  /// Goes on beside another configuration. Returns the services that had to go because of it.
  mutating func rebase(on configuration: Configuration) -> [RuntimeService] {
    var rebased = RuntimeServices(beside: configuration)
    var dropped: [RuntimeService] = []
    for service in all {
      do throws(RuntimeServiceError) { try rebased.put(service) } catch { dropped.append(service) }
    }
    self = rebased
    return dropped
  }
}
