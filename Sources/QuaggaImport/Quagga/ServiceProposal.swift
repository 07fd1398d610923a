import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// A service in place of what the files say about one host prefix.
struct ServiceProposal {
  var service: ServiceConfiguration
  /// The lines that the prefix was found in.
  var origins: [RuleOrigin]
  /// The arguments of `check` lines that names hint at.
  var checks: [String]
}

/// A host prefix for which no service can do what the files do.
struct DeclinedProposal {
  var prefix: IPPrefix
  var reason: String
}

/// Finds the host prefixes that look like those of services.
struct ServiceProposals {
  private(set) var proposals: [ServiceProposal] = []
  private(set) var declined: [DeclinedProposal] = []
  /// Host prefixes that `redistribute kernel` or `static` names.
  private(set) var routes: [RedistributionFilter.NamedHost] = []

  private let parsed: ParsedConfiguration
  private let device: String
  private let node: HostAdvertisement
  /// The devices that addresses may have to be on to be advertised.
  private var devices: [String]

  /// What the lines say about one host prefix.
  private struct Candidate {
    var origins: [RuleOrigin] = []
    var list: String?
    var words: [String] = []
    /// The devices that zebra put the address on.
    var devices: [String] = []
  }

  /// Looks at everything. `device` is where addresses are that no line gives to a device.
  init(_ parsed: ParsedConfiguration, device: String) {
    self.parsed = parsed
    self.device = device
    node = HostAdvertisement(parsed.configuration, kernelAddresses: parsed.kernelAddresses)
    devices = [device]
    let candidates = candidates()
    let routePrefixes = Set(routes.map(\.prefix))
    for (prefix, candidate) in candidates.sorted(by: { $0.key < $1.key }) {
      if routePrefixes.contains(prefix) {
        decline(prefix, "it may also be a route of the kernel, and no service follows one that somebody else installs")
      } else {
        propose(prefix, candidate)
      }
    }
    joinFamilies()
    nameServices()
  }

  /// One service has addresses of both families where a list of IPv4 and one of IPv6 have the same name and name one address each, which
  /// are advertised in the same way from the same device.
  private mutating func joinFamilies() {
    let byName = Dictionary(grouping: proposals.indices) { Self.plainName(proposals[$0].service.name) }
    var joined: Set<Int> = []
    for (name, indices) in byName where name != nil && indices.count == 2 {
      let (first, second) = (proposals[indices[0]].service, proposals[indices[1]].service)
      guard first.addresses.allSatisfy({ $0.address.v4 != nil }), second.addresses.allSatisfy({ $0.address.v4 == nil }),
        first.advertise == second.advertise, first.addressMode == second.addressMode, first.device == second.device
      else { continue }
      proposals[indices[0]].service.addresses += second.addresses
      proposals[indices[0]].origins += proposals[indices[1]].origins
      for check in proposals[indices[1]].checks where !proposals[indices[0]].checks.contains(check) {
        proposals[indices[0]].checks.append(check)
      }
      joined.insert(indices[1])
    }
    proposals = proposals.indices.filter { !joined.contains($0) }.map { proposals[$0] }
  }

  private mutating func candidates() -> [IPPrefix: Candidate] {
    var candidates: [IPPrefix: Candidate] = [:]
    for instance in ProtocolInstance.allCases where parsed.configuration.isConfigured(instance) {
      for source in [RouteSource.kernel, .static] {
        routes += RedistributionFilter(parsed.configuration, instance, source)?.hosts ?? []
      }
      if parsed.configuration[instance.version]?.redistribution.sources[.static] != nil {
        routes += parsed.configuration.staticRoutes.filter { $0.prefix.isHost && $0.prefix.family == instance.addressFamily }.map
        {
          RedistributionFilter.NamedHost(prefix: $0.prefix, origin: RuleOrigin(text: $0.line), list: "", words: [])
        }
      }
      guard let filter = RedistributionFilter(parsed.configuration, instance, .connected) else { continue }
      devices += filter.interfaces.sorted().filter { !devices.contains($0) }
      for host in filter.hosts {
        var candidate = candidates[host.prefix] ?? Candidate()
        candidate.origins.append(host.origin)
        candidate.list = candidate.list ?? host.list
        candidate.words += host.words
        candidates[host.prefix] = candidate
      }
    }
    for network in parsed.configuration.ospf?.networks ?? [] where network.prefix.length == 32 {
      let origin = RuleOrigin(text: "network \(network.prefix) area \(network.area)")
      candidates[.v4(network.prefix), default: Candidate()].origins.append(origin)
    }
    for named in parsed.kernelAddresses {
      let prefix = IPPrefix(host: named.address)
      let isHost = named.prefixLength == named.address.bitWidth
      guard candidates[prefix] != nil || (isHost && named.device == device) else { continue }
      candidates[prefix, default: Candidate()].devices.append(named.device)
      candidates[prefix]?.origins.append(named.origin)
    }
    return candidates
  }

  private mutating func decline(_ prefix: IPPrefix, _ reason: String) {
    declined.append(DeclinedProposal(prefix: prefix, reason: reason))
  }

  /// An address that zebra put on the device is put there by this daemon; any other is left to whoever did it.
  private mutating func propose(_ prefix: IPPrefix, _ candidate: Candidate) {
    let address = prefix.address
    for device in candidate.devices.isEmpty ? devices : candidate.devices {
      switch node.outcome(of: address, on: device) {
      case .notAdvertised: continue
      case .notOfAService(let reason): return decline(prefix, reason)
      case .advertised(let kind):
        if let reason = reasonAgainst(address) { return decline(prefix, reason) }
        guard candidate.devices.count < 2 else { return decline(prefix, "it is on several devices, and a service's is on one") }
        let service = ServiceConfiguration(
          name: candidate.list ?? "", addresses: [ServiceAddress(address: address, prefixLength: address.bitWidth)],
          addressMode: candidate.devices.isEmpty ? .present : .always, device: device, advertise: kind)
        let checks = CheckSuggestion.checks(hintedAtBy: candidate.words)
        return proposals.append(ServiceProposal(service: service, origins: candidate.origins, checks: checks))
      }
    }
  }

  private func reasonAgainst(_ address: IPAddress) -> String? {
    if let problem = address.reasonAgainstService { return problem }
    let configuration = parsed.configuration
    let routerIDs = [configuration.routerID, configuration.ospf?.routerID, configuration.ospf6?.routerID]
    guard routerIDs.contains(where: { $0?.rawValue == address.v4?.rawValue && $0 != nil }) else { return nil }
    return "it is the router ID, which no service's address can be"
  }

  /// Names each service after its list; with the address where that is not enough.
  private mutating func nameServices() {
    let bases = proposals.map { Self.plainName($0.service.name) }
    var taken = Set(parsed.configuration.services.map(\.name))
    for (index, base) in bases.enumerated() {
      let address = proposals[index].service.addresses.first?.address.description ?? ""
      let suffix = "-" + address.map { $0 == ":" ? "-" : String($0) }.joined()
      let isEnough = base.map { base in !taken.contains(base) && bases.count { $0 == base } == 1 } ?? false
      let full = (base ?? "service").prefix(63 - suffix.count) + suffix
      var name = isEnough ? base ?? "" : String(full)
      // Only a service that is there already can be in the way.
      var number = 2
      while taken.contains(name) {
        let numbered = "-\(number)"
        name = full.prefix(63 - numbered.count) + numbered
        number += 1
      }
      taken.insert(name)
      proposals[index].service.name = name
    }
  }

  /// A list's name in the letters that a service's may have; nil when nothing is left that tells anything.
  private static func plainName(_ list: String) -> String? {
    let letters = list.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || ".-_".unicodeScalars.contains(scalar))
        ? Character(scalar) : "-"
    }
    let name = String(String(letters).prefix(63))
    guard name.contains(where: \.isLetter), IPAddress(name) == nil else { return nil }
    return name
  }
}
