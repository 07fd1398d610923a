import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// What a configuration makes of a host address that is on a device.
struct HostAdvertisement {
  private let configuration: Configuration
  private let links: [Link]

  /// What becomes of the address.
  enum Outcome: Equatable {
    case notAdvertised
    case advertised(Advertisement.Kind)
    /// A service cannot do the same, and why.
    case notOfAService(String)
  }

  /// Describes a node with the addresses that its files name.
  init(_ configuration: Configuration, kernelAddresses: [KernelAddress]) {
    self.configuration = configuration
    let addresses = Dictionary(grouping: kernelAddresses, by: \.device)
    let devices = Set(addresses.keys).union(configuration.interfaces.map(\.name)).union(["lo"]).sorted()
    links = devices.enumerated().map { position, device in
      Link(
        index: UInt32(position + 1), name: device, mtu: 1500, isUp: true, isLoopback: device == "lo",
        addresses: (addresses[device] ?? []).map { LinkAddress(address: $0.address, prefixLength: $0.prefixLength) })
    }
  }

  /// What every instance of the address's family makes of it.
  func outcome(of address: IPAddress, on device: String) -> Outcome {
    let links = links(with: address, on: device)
    let instances = ProtocolInstance.allCases.filter {
      configuration.isConfigured($0) && $0.addressFamily.contains(IPPrefix(host: address))
    }
    let outcomes = instances.map { outcome(of: address, on: device, links, $0) }
    guard let first = outcomes.first else { return .notAdvertised }
    return outcomes.allSatisfy { $0 == first } ? first : .notOfAService("the instances do not advertise it in the same way")
  }

  /// How a route of the kernel to the address is redistributed, whatever device it leads through; nil when it is not.
  func redistribution(ofRouteTo prefix: IPPrefix) -> Advertisement.Kind? {
    for instance in ProtocolInstance.allCases where configuration.isConfigured(instance) {
      guard let policy = RedistributionPolicy(configuration, of: instance, interfaces: []) else { continue }
      for interface in [nil] + links.map(\.name) {
        let candidate = RedistributionCandidate(source: .kernel, prefix: prefix, interface: interface)
        if let advertisement = policy.outcome(for: [candidate]).advertisements.first(where: { $0.prefix == prefix }) {
          return advertisement.kind
        }
      }
    }
    return nil
  }

  private func links(with address: IPAddress, on device: String) -> [Link] {
    var links = links
    let index = links.firstIndex { $0.name == device } ?? links.endIndex
    if index == links.endIndex { links.append(Link(index: UInt32(index + 1), name: device, mtu: 1500, isUp: true)) }
    if !links[index].addresses.contains(where: { $0.address == address }) {
      links[index].addresses.append(LinkAddress(address: address, prefixLength: address.bitWidth))
    }
    return links
  }

  private func outcome(
    of address: IPAddress, on device: String, _ links: [Link], _ instance: ProtocolInstance
  ) -> Outcome {
    let definitions = configuration.interfaceDefinitions(of: instance, links: links)
    let own = definitions.first { $0.name == device && $0.has(address) }
    let candidate = RedistributionCandidate(source: .connected, prefix: IPPrefix(host: address), interface: device)
    let policy = RedistributionPolicy(configuration, of: instance, interfaces: definitions)
    let redistributed = policy?.outcome(for: [candidate]).advertisements.first { $0.prefix == candidate.prefix }
    switch (own, redistributed) {
    case (nil, nil): return .notAdvertised
    case (nil, let advertisement?): return .advertised(advertisement.kind)
    case (let interface?, nil): return intraArea(interface, among: definitions, instance)
    case (_?, _?): return .notOfAService("it is a prefix of the area and redistributed as well")
    }
  }

  /// A stub link, or a prefix of the area in OSPFv3. A service's is in every area.
  private func intraArea(
    _ interface: InterfaceDefinition, among definitions: [InterfaceDefinition], _ instance: ProtocolInstance
  ) -> Outcome {
    guard interface.isLoopback || interface.settings.networkType == .broadcast else {
      return .notOfAService("it is the address of a \(interface.settings.networkType.rawValue) network")
    }
    let areas = statedAreas(instance).union(definitions.filter { !$0.isLoopback }.map(\.settings.area))
    guard areas.count < 2 else {
      return .notOfAService("the node is in several areas, and a service is advertised in all of them")
    }
    guard !(configuration[instance.version]?.areas.values.contains(.nssa) ?? false) else {
      return .notOfAService("in an NSSA the address of a loopback interface is what AS-external routes are forwarded to")
    }
    return .advertised(.stub(metric: interface.settings.cost))
  }

  /// The areas that anything but loopbacks and host addresses is said to be in.
  private func statedAreas(_ instance: ProtocolInstance) -> Set<AreaID> {
    let interfaces = configuration.interfaces.filter { $0.name != "lo" }
    switch instance.version {
    case .v2:
      let named = interfaces.flatMap { [$0.ospf.area] + $0.ospfByAddress.values.map(\.area) }.compactMap { $0 }
      return Set(named + (configuration.ospf?.networks ?? []).filter { $0.prefix.length < 32 }.map(\.area))
    case .v3:
      return Set(interfaces.compactMap(\.ospf6.area))
    }
  }
}

extension InterfaceDefinition {
  /// Whether the interface advertises the address as a host prefix of its own.
  fileprivate func has(_ address: IPAddress) -> Bool {
    switch addressing {
    case .ipv4(let own, let subnet, _): address == .v4(own) && subnet.length == 32
    case .ipv6(_, let addresses): addresses.contains { $0.prefix == IPPrefix(host: address) }
    }
  }
}
