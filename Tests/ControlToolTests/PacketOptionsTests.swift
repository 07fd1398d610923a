import ArgumentParser
import CaptureAnalysis
import OSPFWire
import Testing

@testable import anycastctl

@Suite("How packets are chosen on the command line")
struct PacketOptionsTests {
  private func filter(_ arguments: String...) throws -> PacketOptions { try PacketOptions.parse(arguments) }

  @Test("Types are named by words, LSA types by numbers and names, of both versions where a name is in both")
  func names() throws {
    let options = try filter(
      "--type", "hello", "--type", "description", "--lsa", "5", "--lsa", "0x2001", "--lsa", "nssa-lsa", "--router", "192.0.2.1",
      "--link-state-id", "203.0.113.1", "--advertising-router", "192.0.2.2")
    let filter = options.printer.filter
    #expect(filter.types == [.hello, .databaseDescription])
    #expect(filter.lsTypes == [.asExternal, .routerV3, .nssaExternal, .nssaV3])
    #expect(filter.routerIDs == Set([RouterID("192.0.2.1")].compactMap { $0 }))
    #expect(filter.linkStateID?.description == "203.0.113.1")
    #expect(filter.advertisingRouter?.description == "192.0.2.2")
  }

  @Test("What is no router ID, type or ID is refused", arguments: ["--router", "--type", "--lsa", "--link-state-id"])
  func refused(option: String) {
    #expect(throws: (any Error).self) { try filter(option, "300.1.1.1x") }
  }

  @Test("The style is one of three")
  func style() throws {
    #expect(try filter().printer.style == .summary)
    #expect(try filter("-v").printer.style == .fields)
    #expect(try filter("--json").printer.style == .json)
    #expect(throws: (any Error).self) { try filter("-v", "--json") }
  }

  @Test("A number and a colon before a key limit it to one Key ID; any other colon belongs to the key")
  func keys() throws {
    let keys = try filter("--key", "Secret", "--key", "7:Secret", "--key", "a:b", "--key", "7:a:b").printer.keys
    #expect(
      keys == [
        PacketKey(secret: Secret("Secret")), PacketKey(id: 7, secret: Secret("Secret")), PacketKey(secret: Secret("a:b")),
        PacketKey(id: 7, secret: Secret("a:b")),
      ])
  }
}
