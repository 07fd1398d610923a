import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastNode

@Suite("Services that come and go at run time")
struct RuntimeServicesTests {
  private static let file = "anycast service dns\n address 192.0.2.53\n"

  private func bench(_ text: String = file) throws -> NodeBench {
    let bench = try NodeBench(text)
    bench.setLinks()
    try bench.openSockets()
    try bench.grantAddresses()
    return bench
  }

  private func service(_ name: String, _ text: String, persistent: Bool = false) throws -> RuntimeService {
    RuntimeService(
      configuration: try Configuration().parseService(name, SourceFile(path: name, text: text)).service, text: text,
      isPersistent: persistent)
  }

  @discardableResult
  private func put(_ bench: NodeBench, _ name: String, _ text: String, persistent: Bool = false) throws -> String {
    let service = try service(name, text, persistent: persistent)
    var message = ""
    try bench.perform { message = try $0.putService(service, at: $1).message }
    return message
  }

  private func names(_ bench: NodeBench) -> [String] {
    var names: [String] = []
    bench.perform { names = $0.serviceSnapshots(at: $1).services.map(\.configuration.name) }
    return names
  }

  private func file(_ text: String) throws -> Configuration {
    try Configuration.parse([SourceFile(path: "test.conf", text: NodeBench.header + text)]).configuration
  }

  @Test("One that is added is advertised, one that is removed is withdrawn, and its address goes")
  func life() throws {
    let bench = try bench()
    #expect(try put(bench, "web", "address 192.0.2.80") == "service web added, until the next start")
    #expect(names(bench) == ["dns", "web"])
    try bench.grantAddresses()
    #expect(bench.advertised.map(\.description) == ["192.0.2.53/32", "192.0.2.80/32"])
    #expect(
      try put(bench, "web", "address 192.0.2.80\nadvertise external metric 7") == "service web changed, until the next start")
    #expect(
      try put(bench, "web", "address 192.0.2.80\nadvertise external metric 7") == "service web is as it was, until the next start"
    )
    #expect(names(bench) == ["dns", "web"])
    try bench.perform { node, now in
      let message = try node.removeService("web", at: now).message
      #expect(message == "service web removed")
    }
    #expect(names(bench) == ["dns"])
    #expect(bench.advertised.map(\.description) == ["192.0.2.53/32"])
    bench.pass(.seconds(10))
    try bench.grantAddresses()
    #expect(bench.links[0].addresses.map(\.address.description) == ["192.0.2.53"])
  }

  @Test("It is taken over without being asked for, too")
  func unasked() throws {
    let bench = try bench()
    try put(bench, "web", "address 192.0.2.80")
    bench.pass(AnycastNode.pausePerService * 2)
    try bench.grantAddresses()
    #expect(bench.links[0].addresses.map(\.address.description) == ["192.0.2.53", "192.0.2.80"])
  }

  @Test("What is in use is refused, with the name of who has it, and nothing changes")
  func conflicts() throws {
    let bench = try bench()
    try put(bench, "web", "address 192.0.2.80")
    let refused: [(String, String, RuntimeServiceError)] = [
      ("dns", "address 192.0.2.99", .inConfiguration("dns")),
      ("other", "address 192.0.2.53", .taken(IPPrefix("192.0.2.53/32"), by: "dns")),
      ("other", "address 192.0.2.1\naddress 192.0.2.80", .taken(IPPrefix("192.0.2.80/32"), by: "web")),
    ]
    for (name, text, error) in refused { #expect(throws: error) { try put(bench, name, text) } }
    #expect(throws: RuntimeServiceError.inConfiguration("dns")) { try bench.perform { _ = try $0.removeService("dns", at: $1) } }
    #expect(throws: RuntimeServiceError.unknown("wbe", nearest: "web")) {
      try bench.perform { _ = try $0.removeService("wbe", at: $1) }
    }
    #expect(names(bench) == ["dns", "web"])
    // What a service has given up another one may have.
    try put(bench, "web", "address 192.0.2.81")
    try put(bench, "other", "address 192.0.2.80")
    #expect(names(bench) == ["dns", "web", "other"])
    bench.perform { $0.leave(at: $1) }
    #expect(throws: RuntimeServiceError.leaving) { try put(bench, "late", "address 192.0.2.90") }
  }

  @Test("A reload keeps them, and is told what stands in its way; the file has the last word")
  func reload() throws {
    let bench = try bench()
    try put(bench, "web", "address 192.0.2.80", persistent: true)
    bench.perform { _ = $0.apply($0.fileConfiguration, at: $1) }
    #expect(names(bench) == ["dns", "web"])
    let clashes = [
      "anycast service web\n address 192.0.2.1\n": "service 'web' was added at run time",
      "anycast service shop\n address 192.0.2.80\n": "service 'shop' has 192.0.2.80/32, which service 'web' has",
      "router-id 192.0.2.80\nanycast service dns\n address 192.0.2.53\n": "192.0.2.80 is to be the router ID",
    ]
    for (text, words) in clashes {
      let conflicts = bench.node.runtimeServices.conflicts(with: try file(text))
      #expect(conflicts.count == 1)
      #expect(conflicts.first?.contains(words) == true, "\(conflicts)")
    }
    let new = try file("anycast service web\n address 192.0.2.1\n")
    bench.perform { node, now in
      #expect(node.apply(new, at: now)?.messages.contains("service web changed") == true)
    }
    #expect(names(bench) == ["web"])
    #expect(bench.node.runtimeServices.count == 0)
    #expect(stored(bench) == ["web: address 192.0.2.80", "web: gone"])
  }

  private func stored(_ bench: NodeBench) -> [String] {
    bench.effects.compactMap { if case .storeService(let name, let text) = $0 { "\(name): \(text ?? "gone")" } else { nil } }
  }

  @Test("Only those that are to be kept are stored, and each change of them once")
  func persistence() throws {
    let bench = try bench()
    try put(bench, "web", "address 192.0.2.80")
    #expect(try put(bench, "web", "address 192.0.2.80", persistent: true) == "service web is kept over restarts")
    #expect(try put(bench, "web", "address 192.0.2.80", persistent: true) == "service web is as it was, and kept over restarts")
    #expect(try put(bench, "web", "address 192.0.2.80") == "service web is gone at the next start")
    try put(bench, "web", "address 192.0.2.81", persistent: true)
    try bench.perform { _ = try $0.removeService("web", at: $1) }
    #expect(stored(bench) == ["web: address 192.0.2.80", "web: gone", "web: address 192.0.2.81", "web: gone"])
  }

  @Test("A node begins with those that were kept")
  func beginning() throws {
    let configuration = try file(Self.file)
    var services = RuntimeServices(beside: configuration)
    try services.put(try service("web", "address 192.0.2.80", persistent: true))
    let node = AnycastNode(
      configuration: configuration, services: services, drains: [StoredDrain(service: "web")], seed: 1, wallClock: 0, at: .zero,
      sink: NodeSink())
    let snapshots = node.serviceSnapshots(at: .zero).services
    #expect(snapshots.map(\.configuration.name) == ["dns", "web"])
    #expect(snapshots.last?.state == .drained)
    #expect(node.renderedConfiguration(at: .zero).contains(" ! added at run time, and kept over restarts\n"))
  }

  @Test("10,000 that are added and removed one after the other are looked at together, and not all of them for each")
  func many() throws {
    let bench = try bench()
    let count = 10_000
    func takeovers() -> Int { bench.effects.count { if case .holdAddresses = $0 { true } else { false } } }
    let before = takeovers()
    for number in 0..<count {
      try put(bench, "s\(number)", "address 10.1.\(number / 256).\(number % 256)")
      bench.pass(.microseconds(200))
    }
    bench.pass(.seconds(1))
    let added = takeovers() - before
    #expect(1...200 ~= added, "all services were looked at \(added) times")
    #expect(names(bench).count == count + 1)
    try bench.grantAddresses()
    #expect(bench.advertised.count == count + 1)
    for number in 0..<count {
      try bench.perform { _ = try $0.removeService("s\(number)", at: $1) }
      bench.pass(.microseconds(200))
    }
    bench.pass(.seconds(10))
    let removed = takeovers() - before - added
    #expect(1...400 ~= removed, "all services were looked at \(removed) times")
    #expect(names(bench) == ["dns"])
    try bench.grantAddresses()
    #expect(bench.links[0].addresses.map(\.address.description) == ["192.0.2.53"])
  }
}
