import AnycastPolicy
import Configuration
import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Redistribution
import Testing

@testable import QuaggaImport

@Suite("What `import` writes means the same to the routers")
struct ImportPropertyTests {
  /// What a node advertises: by instance, the stub links and prefixes of loopbacks and other devices, and what comes from outside.
  private typealias Advertised = [ProtocolInstance: Set<Item>]

  private struct Item: Hashable, CustomStringConvertible {
    var prefix: IPPrefix
    var kind: Advertisement.Kind
    var area: AreaID?
    var description: String { "\(prefix) \(kind)" + (area.map { " in \($0)" } ?? "") }
  }

  private func advertised(_ configuration: Configuration, links: [Link], routes: [RedistributionCandidate]) -> Advertised {
    let candidates = links.flatMap { link in
      link.addresses.map { RedistributionCandidate(source: .connected, prefix: $0.prefix, interface: link.name) }
    }
    let services = advertisements(ofServicesIn: configuration, links: links)
    var advertised: Advertised = [:]
    for instance in ProtocolInstance.allCases where configuration.isConfigured(instance) {
      let definitions = configuration.interfaceDefinitions(of: instance, links: links)
      let policy = RedistributionPolicy(configuration, of: instance, interfaces: definitions)
      let redistributed = policy?.outcome(for: candidates + routes).advertisements ?? []
      let own = services.filter { instance.addressFamily.contains($0.prefix) }
      let taken = Set(own.map(\.prefix))
      // Without an uplink there is nobody to tell.
      guard definitions.contains(where: { $0.name.hasPrefix("eth") }) else { continue }
      let areas = Set(definitions.map(\.settings.area))
      var items = Set(definitions.flatMap { stubs(of: $0, instance) })
      for advertisement in own + redistributed.filter({ !taken.contains($0.prefix) }) {
        if case .stub = advertisement.kind {
          for area in areas { items.insert(Item(prefix: advertisement.prefix, kind: advertisement.kind, area: area)) }
        } else {
          items.insert(Item(prefix: advertisement.prefix, kind: advertisement.kind))
        }
      }
      advertised[instance] = items
    }
    return advertised
  }

  private func stubs(of definition: InterfaceDefinition, _ instance: ProtocolInstance) -> [Item] {
    let prefixes: [IPPrefix] =
      switch definition.addressing {
      case .ipv4(_, let subnet, _): [.v4(subnet)]
      case .ipv6(_, let addresses): addresses.map(\.prefix).filter(instance.addressFamily.contains)
      }
    return prefixes.map { Item(prefix: $0, kind: .stub(metric: definition.settings.cost), area: definition.settings.area) }
  }

  private func advertisements(ofServicesIn configuration: Configuration, links: [Link]) -> [Advertisement] {
    let sink = PolicySink()
    let policy = Policy(services: configuration.services, at: .zero, sink: sink)
    let present = links.flatMap { link in
      link.addresses.map { DeviceAddress(device: link.name, address: $0.address) }
    }
    policy.setPresentAddresses(Set(present), at: .zero)
    policy.addressesApplied(request: 1, failures: [:], at: .zero)
    return sink.drain().compactMap { if case .advertise(let set) = $0 { set } else { nil } }.last ?? []
  }

  /// A node with some of the hosts on the devices where the services expect them, and with what zebra had put there.
  private func links(_ present: [(address: String, device: String)], _ kernel: [KernelAddress]) -> [Link] {
    let device = { (index: UInt32, name: String, addresses: [(String, Int)]) in
      var all = addresses.compactMap { text, length in
        IPAddress(text).map { LinkAddress(address: $0, prefixLength: length) }
      }
      for (text, on) in present where on == name {
        if let address = IPAddress(text) { all.append(LinkAddress(address: address, prefixLength: address.bitWidth)) }
      }
      for named in kernel where named.device == name && !all.contains(where: { $0.address == named.address }) {
        all.append(LinkAddress(address: named.address, prefixLength: named.prefixLength))
      }
      return Link(index: index, name: name, mtu: 1500, isUp: true, isLoopback: name == "lo", addresses: all)
    }
    return [
      device(1, "lo", [("127.0.0.1", 8), ("::1", 128)]), device(2, "eth0", [("10.0.0.1", 24), ("fe80::1", 64)]),
      device(3, "eth1", [("198.51.100.5", 31), ("2001:db8:5::1", 64)]), device(4, "dummy0", []),
    ]
  }

  private func routes() -> [RedistributionCandidate] {
    ["198.18.1.0/24", "198.18.0.1/32", "2001:db8:9::/48"].compactMap { IPPrefix($0) }.map {
      RedistributionCandidate(source: .kernel, prefix: $0, interface: "eth0")
    }
  }

  @Test("the advertisements are the same, prefix for prefix, metric for metric, type for type, whatever addresses are there")
  func sameAdvertisements() throws {
    var proposed = 0
    var leftOut = 0
    for seed in UInt64(0)..<1000 {
      var generator = QuaggaGenerator(seed: seed)
      let text = generator.files()
      let parsed = try parse(text)
      let imported = ImportedConfiguration(parsed, from: ["quagga.conf"])
      let again = try parse(imported.rendered()).configuration
      try #require(again == imported.configuration, "seed \(seed):\n\(imported.rendered())")
      proposed += imported.proposals.count
      leftOut += imported.leftOut.count { $0.hasPrefix("redistribute") || $0.hasPrefix("network") }
      let devices = Dictionary(
        again.services.flatMap { service in service.addresses.map { ($0.address.description, service.device) } }
      ) { first, _ in first }
      var random = SplitMix64(seed: seed)
      for _ in 0..<3 {
        let present = (QuaggaGenerator.hosts4 + QuaggaGenerator.hosts6).filter { _ in Bool.random(using: &random) }
        let links = links(present.map { ($0, devices[$0] ?? "lo") }, parsed.kernelAddresses)
        let before = advertised(parsed.configuration, links: links, routes: routes())
        let after = advertised(again, links: links, routes: routes())
        for (instance, items) in before {
          let new = after[instance] ?? []
          try #require(
            new == items,
            "seed \(seed), \(instance): no more \(items.subtracting(new)), new \(new.subtracting(items))\n\(text)\n\(imported.rendered())"
          )
        }
      }
    }
    #expect(proposed > 400, "the generator hardly makes services")
    #expect(leftOut > 200, "the generator hardly makes statements that services replace")
  }

  @Test("no configuration is too strange to be imported, and what comes of it is imported again unchanged")
  func anyConfiguration() throws {
    for seed in UInt64(0)..<500 {
      let parsed = ParsedConfiguration(configuration: ConfigurationGenerator.make(seed: seed), notices: [])
      let imported = ImportedConfiguration(parsed, from: ["generated.conf"])
      let again = try parse(imported.rendered())
      try #require(again.configuration == imported.configuration, "seed \(seed):\n\(imported.rendered())")
      let twice = ImportedConfiguration(again, from: ["again.conf"])
      try #require(twice.proposals.isEmpty, "seed \(seed)")
    }
  }
}
