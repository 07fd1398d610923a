import OSPFTestSupport
import OSPFWire
import Testing

@testable import OSPFProtocol

@Suite("Memory that fails")
struct DatabaseCorruptionTests {
  @Test(
    "RFC 2328 12.1.7: an LSA whose checksum is no longer right is reported at every CheckAge",
    arguments: ProtocolInstance.allCases)
  func corruption(instance: ProtocolInstance) {
    let bench = Bench(instance)
    let good = LSAs(instance).external("198.18.0.0/24", from: "9.9.9.9", age: 0)
    var broken = LSAs(instance).external("198.18.1.0/24", from: "9.9.9.9", age: 0)
    broken[22] ^= 1
    for lsa in [good, broken] {
      bench.router.asDatabase.install(lsa.rawSpan, key: LSAs(instance).key(lsa), isFlooded: true, at: bench.now)
    }
    let identity = LSAIdentity(scope: .autonomousSystem, key: LSAs(instance).key(broken))
    let reports = { bench.events.filter { if case .databaseCorrupted = $0 { true } else { false } } }
    bench.run(for: .seconds(299))
    #expect(reports().isEmpty)
    bench.run(for: .seconds(2))
    #expect(reports() == [.databaseCorrupted(identity)])
    bench.run(for: .seconds(300))
    #expect(reports() == [.databaseCorrupted(identity), .databaseCorrupted(identity)])
  }

  @Test(
    "An LSA that has taken the slot of another one is verified at its own CheckAge, not at the other's",
    arguments: ProtocolInstance.allCases)
  func takenSlot(instance: ProtocolInstance) {
    let bench = Bench(instance)
    let database = bench.router.asDatabase
    let former = LSAs(instance).external("198.18.0.0/24", from: "9.9.9.9", age: 0)
    var broken = LSAs(instance).external("198.18.1.0/24", from: "9.9.9.9", age: 0)
    broken[22] ^= 1
    let install = { (lsa: [UInt8]) in
      database.install(lsa.rawSpan, key: LSAs(instance).key(lsa), isFlooded: true, at: bench.now)
    }
    let slot = install(former)
    database.remove(LSAs(instance).key(former))
    bench.run(for: .seconds(100))
    #expect(install(broken) == slot)
    let reports = { bench.events.count { if case .databaseCorrupted = $0 { true } else { false } } }
    bench.run(for: .seconds(299))
    #expect(reports() == 0)
    bench.run(for: .seconds(2))
    #expect(reports() == 1)
  }
}
