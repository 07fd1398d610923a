import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("The life of an address")
struct AddressLifeTests {
  @Test("In mode always the address is on the device before the first check, and stays while the service is down")
  func always() throws {
    let bench = PolicyBench([try .dns()])
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    bench.pass(.seconds(3_600))
    #expect(bench.prefixes == [])
    #expect(try bench.isOnDevice("192.0.2.1"))
  }

  @Test("In mode healthy the address is added before it is announced")
  func healthyUp() throws {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    #expect(bench.onDevices == [])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    let address = try ServiceAddress.host("192.0.2.1")
    let added = try #require(bench.outputs.firstIndex(of: .addAddress(device: "lo", address)))
    let advertised = try #require(bench.outputs.firstIndex(of: .advertise(bench.advertised)))
    #expect(added < advertised)
  }

  @Test("In mode healthy the address is removed when the withdrawal is acknowledged and linger has passed")
  func healthyDownAcknowledged() throws {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    #expect(bench.prefixes == [])
    bench.pass(.seconds(2))
    #expect(try bench.isOnDevice("192.0.2.1"))
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.milliseconds(999))
    #expect(try bench.isOnDevice("192.0.2.1"))
    bench.pass(.milliseconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
  }

  @Test("A withdrawal that is never acknowledged is waited for as long as RxmtInterval, then linger")
  func healthyDownUnacknowledged() throws {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    bench.pass(.milliseconds(5_999))
    #expect(try bench.isOnDevice("192.0.2.1"))
    bench.pass(.milliseconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
  }

  @Test("A service that comes up again within linger keeps its address")
  func recoveredWithinLinger() throws {
    let bench = PolicyBench([try .dns(mode: .healthy, checks: [.dns(rise: 1, fall: 1)])])
    try bench.record("dns", .pass, .fail, .pass)
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.seconds(60))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(!bench.outputs.contains { if case .removeAddress = $0 { true } else { false } })
  }

  @Test("In mode present the address is advertised only while somebody else has it on the device, and never touched")
  func present() throws {
    let bench = PolicyBench([try .dns(mode: .present, checks: [])])
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").addresses[0].withheldReason == "not on lo")
    let address = try #require(IPAddress("192.0.2.1"))
    bench.setDevices([DeviceAddress(device: "eth0", address: address)])
    #expect(bench.prefixes == [])
    bench.setDevices([DeviceAddress(device: "lo", address: address)])
    #expect(bench.prefixes == ["192.0.2.1/32"])
    bench.setDevices([])
    #expect(bench.prefixes == [])
    bench.pass(.seconds(60))
    #expect(!bench.outputs.contains { if case .addAddress = $0 { true } else { false } })
  }

  @Test("In mode present an address that appears is advertised when the checks have risen with it")
  func presentIsProven() throws {
    let bench = PolicyBench([try .dns(mode: .present)])
    try bench.record("dns", .pass, .pass)
    let here = DeviceAddress(device: "lo", address: try #require(IPAddress("192.0.2.1")))
    bench.setDevices([here])
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    bench.setDevices([here, DeviceAddress(device: "eth0", address: here.address)])
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("In mode none the device does not matter")
  func none() throws {
    let bench = PolicyBench([try .dns(mode: .none, checks: [])])
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(bench.onDevices == [])
  }

  @Test("An address that cannot be added is not advertised, the reason is told once, and it is tried again")
  func additionFails() throws {
    let bench = PolicyBench([])
    bench.devicesWork = false
    let service = try ServiceConfiguration.dns(checks: [])
    bench.perform { $0.apply([service], at: $1) }
    for _ in 0..<3 {
      bench.perform { $0.addAddressFailed(device: "lo", address: service.addresses[0], reason: "no such device", at: $1) }
      bench.pass(.seconds(5))
    }
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").addresses[0].withheldReason == "not on lo: no such device")
    #expect(bench.events.count { if case .addressNotAdded = $0 { true } else { false } } == 1)
    bench.devicesWork = true
    bench.pass(.seconds(5))
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("An address that somebody removes is withdrawn at once and added again")
  func removedByHand() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    bench.pass(.seconds(60))
    let before = bench.outputs.count
    bench.setDevices([])
    let after = Array(bench.outputs[before...])
    let address = try ServiceAddress.host("192.0.2.1")
    #expect(after.contains(.advertise([])))
    #expect(after.contains(.event(.addressDisappeared(device: "lo", address: address.address))))
    #expect(after.contains(.addAddress(device: "lo", address)))
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("At shutdown everything is withdrawn, then acknowledged or RxmtInterval, then linger, then removed, then finished")
  func shutDown() throws {
    let bench = PolicyBench([try .dns(["192.0.2.1", "2001:db8::1"], checks: [])])
    bench.perform { $0.shutDown(at: $1) }
    #expect(bench.prefixes == [])
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.seconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
    #expect(try bench.isOnDevice("2001:db8::1"))
    #expect(!bench.outputs.contains(.finished))
    bench.pass(.seconds(5))
    #expect(bench.onDevices == [])
    #expect(bench.outputs.last == .finished)
    #expect(bench.outputs.count { $0 == .finished } == 1)
  }

  @Test("When the router has departed, no withdrawal is waited for, but linger is")
  func shutDownDeparted() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    bench.perform { $0.shutDown(at: $1) }
    bench.perform { $0.routerDeparted(at: $1) }
    bench.pass(.milliseconds(999))
    #expect(!bench.outputs.contains(.finished))
    bench.pass(.milliseconds(1))
    #expect(bench.outputs.last == .finished)
  }

  @Test("An address whose service was withdrawn long ago is removed at once at shutdown")
  func shutDownWhileDown() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    bench.pass(.seconds(60))
    bench.perform { $0.shutDown(at: $1) }
    #expect(bench.onDevices == [])
    #expect(bench.outputs.last == .finished)
  }

  @Test("A service that moves to another device gets its address there before it loses it here, and stays advertised")
  func deviceChange() throws {
    var service = try ServiceConfiguration.dns(checks: [])
    let bench = PolicyBench([service])
    let before = bench.outputs.count
    service.device = "anycast0"
    bench.perform { $0.apply([service], at: $1) }
    bench.pass(.seconds(10))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(try bench.isOnDevice("192.0.2.1", device: "anycast0"))
    #expect(try !bench.isOnDevice("192.0.2.1", device: "lo"))
    let changes = bench.outputs[before...].filter {
      switch $0 {
      case .addAddress, .removeAddress: true
      case .advertise, .installRoutes, .event, .runCommand, .drainsChanged, .finished: false
      }
    }
    let address = service.addresses[0]
    #expect(changes == [.addAddress(device: "anycast0", address), .removeAddress(device: "lo", address)])
  }
}
