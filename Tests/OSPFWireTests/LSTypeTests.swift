import OSPFWire
import Testing

@Suite("LS types")
struct LSTypeTests {
  @Test(
    "People read names, and numbers where there is no name",
    arguments: [
      (.v2, 1, "router-LSA"), (.v2, 2, "network-LSA"), (.v2, 3, "summary-LSA"), (.v2, 4, "ASBR-summary-LSA"),
      (.v2, 5, "AS-external-LSA"), (.v2, 7, "NSSA-LSA"), (.v2, 9, "link-local opaque-LSA"), (.v2, 10, "area-local opaque-LSA"),
      (.v2, 11, "AS-wide opaque-LSA"), (.v2, 6, "LS type 6"), (.v3, 0x2001, "router-LSA"), (.v3, 0x2002, "network-LSA"),
      (.v3, 0x2003, "inter-area-prefix-LSA"), (.v3, 0x2004, "inter-area-router-LSA"), (.v3, 0x4005, "AS-external-LSA"),
      (.v3, 0x2007, "NSSA-LSA"), (.v3, 0x0008, "link-LSA"), (.v3, 0x2009, "intra-area-prefix-LSA"), (.v3, 1, "LS type 0x0001"),
      (.v3, 0xA00D, "LS type 0xa00d"), (.v3, 0, "LS type 0x0000"),
    ] as [(OSPFVersion, UInt16, String)])
  func names(version: OSPFVersion, type: UInt16, name: String) {
    #expect(LSType(rawValue: type).name(version) == name)
  }

  @Test("RFC 2328 12.1.3, RFC 5250 3: the scope of OSPFv2 types")
  func scopesOfOSPFv2() {
    for type in 1...11 as ClosedRange<UInt16> {
      let scope: FloodingScope = type == 9 ? .link : type == 5 || type == 11 ? .autonomousSystem : .area
      #expect(LSType(rawValue: type).floodingScope(version: .v2) == scope, "type \(type)")
    }
  }

  @Test("RFC 5340 A.4.2.1: the scope bits of OSPFv3 types, with and without the U-bit")
  func scopesOfOSPFv3() {
    #expect(LSType.link.floodingScope(version: .v3) == .link)
    #expect(LSType.routerV3.floodingScope(version: .v3) == .area)
    #expect(LSType.intraAreaPrefix.floodingScope(version: .v3) == .area)
    #expect(LSType.asExternalV3.floodingScope(version: .v3) == .autonomousSystem)
    // Unknown: by its scope bits when the U-bit is set, else on its link.
    #expect(LSType(rawValue: 0xA00C).floodingScope(version: .v3) == .area)
    #expect(LSType(rawValue: 0xC00C).floodingScope(version: .v3) == .autonomousSystem)
    #expect(LSType(rawValue: 0x800C).floodingScope(version: .v3) == .link)
    #expect(LSType(rawValue: 0x200C).floodingScope(version: .v3) == .link)
    #expect(LSType(rawValue: 0x400C).floodingScope(version: .v3) == .link)
    for reserved in [0x6001, 0xE001, 0x600C] as [UInt16] {
      #expect(LSType(rawValue: reserved).floodingScope(version: .v3) == nil)
    }
  }

  @Test("A type belongs to the version that defines it")
  func definedTypes() {
    #expect(LSType.opaqueAS.isDefined(version: .v2))
    #expect(!LSType.opaqueAS.isDefined(version: .v3))
    #expect(!LSType(rawValue: 8).isDefined(version: .v2))
    #expect(LSType.link.isDefined(version: .v3))
    #expect(LSType(rawValue: 0xA001).isFloodedWhereUnknown)
    #expect(!LSType.routerV3.isFloodedWhereUnknown)
  }

  @Test("Packet types are called what the RFC calls them")
  func packetTypes() {
    #expect(
      PacketType.allCases.map(\.description) == [
        "Hello", "Database Description", "Link State Request", "Link State Update", "Link State Acknowledgment",
      ])
  }
}
