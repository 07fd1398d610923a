import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// One configuration with services in place of what other files redistributed: what `anycast-ospfd import` writes.
///
/// To the routers both mean the same as long as the same addresses are on the devices that the services name; what came from the file of a
/// health checker alone is advertised as the dialect has it where nothing is said. A statement is left out
/// where the services say all that it did; where it may do more it stays, because what belongs to a service is not redistributed.
public struct ImportedConfiguration: Sendable {
  /// The configuration with the proposed services.
  public private(set) var configuration: Configuration

  let proposals: [ServiceProposal]
  let declined: [DeclinedProposal]
  /// Routes of the kernel that a service could install, and how they are advertised.
  let routes: [(prefix: IPPrefix, origin: RuleOrigin, kind: Advertisement.Kind)]
  let notices: [ConfigurationNotice]
  /// The files, as the operator named them.
  let paths: [String]
  /// Statements that the services replace, and what nothing refers to without them.
  private(set) var leftOut: [String] = []
  /// Statements that stay, and why.
  private(set) var kept: [String] = []

  /// What was left out of files that had to be written anew, or means something else.
  let remarks: [String]
  /// Those of the files that say what is healthy, and nothing of how it is advertised.
  let healthCheckers: [String]

  /// Proposes services for what was read from `paths`. `device` is where addresses are that no line gives to a device.
  public init(
    _ parsed: ParsedConfiguration, from paths: [String], device: String = "lo", remarks: [String] = [],
    healthCheckers: [String] = []
  ) {
    let found = ServiceProposals(parsed, device: device)
    let node = HostAdvertisement(parsed.configuration, kernelAddresses: parsed.kernelAddresses)
    configuration = parsed.configuration
    notices = parsed.notices
    self.paths = paths
    self.remarks = remarks
    self.healthCheckers = healthCheckers
    proposals = found.proposals
    declined = found.declined
    var known: Set<IPPrefix> = []
    routes = found.routes.compactMap { host in
      guard known.insert(host.prefix).inserted, let kind = node.redistribution(ofRouteTo: host.prefix) else { return nil }
      return (host.prefix, host.origin, kind)
    }
    let before = FilterReferences(configuration)
    configuration.services += proposals.map(\.service)
    leaveOutNetworks()
    for version in OSPFVersion.allCases { leaveOutRedistribution(version) }
    leftOut += configuration.filters.removeWhat(before, isNoLongerIn: FilterReferences(configuration))
  }

  /// The prefixes that services have.
  private var servicePrefixes: Set<IPPrefix> { Set(configuration.services.flatMap { $0.addresses.map(\.prefix) }) }

  /// The interface of a service's address is none any more, so that `network` has nothing to name.
  private mutating func leaveOutNetworks() {
    let prefixes = servicePrefixes
    for network in configuration.ospf?.networks ?? [] where network.prefix.length == 32 && prefixes.contains(.v4(network.prefix))
    {
      configuration.ospf?.networks.removeAll { $0 == network }
      leftOut.append("network \(network.prefix) area \(network.area)")
    }
  }

  private mutating func leaveOutRedistribution(_ version: OSPFVersion) {
    guard let statement = configuration[version]?.redistribution.sources[.connected] else { return }
    let instances = ProtocolInstance.allCases.filter { $0.version == version && configuration.isConfigured($0) }
    let filters = instances.compactMap { RedistributionFilter(configuration, $0, .connected) }
    if let broad = filters.compactMap(\.broadRule).first {
      let rule = broad.text == statement.origin.text ? "it" : "\(broad)"
      kept.append("\(statement.origin): \(rule) permits more than the services' addresses")
      return
    }
    let passing = Set(filters.flatMap { $0.passing ?? [] })
    // What lets nothing pass is said elsewhere.
    guard !passing.isEmpty else { return }
    let others = passing.subtracting(servicePrefixes).sorted()
    guard others.isEmpty else {
      kept.append("\(statement.origin): for \(others.map { "\($0.address)" }.joined(separator: ", "))")
      return
    }
    configuration[version]?.redistribution.sources[.connected] = nil
    leftOut.append(statement.origin.text)
    if let list = configuration[version]?.redistribution.distributeLists.removeValue(forKey: .connected) {
      leftOut.append(list.origin.text)
    }
  }
}
