import Configuration
import Testing

@testable import anycast_ospfd

@Suite("The digest by which a recording names a configuration")
struct ConfigurationDigestTests {
  private func digest(secret: String = "geheim", cost: Int = 10, comment: String = "") throws -> String {
    let text = """
      \(comment)
      interface eth0
       ip ospf area 0
       ip ospf cost \(cost)
       ip ospf authentication message-digest
       ip ospf message-digest-key 1 md5 \(secret)
      router ospf

      """
    return try Configuration.parse([SourceFile(path: "node.conf", text: text)]).configuration.digest
  }

  @Test("It changes with what the configuration says, not with how that is written, and tells nothing of secrets")
  func contents() throws {
    let first = try digest()
    #expect(first.count == 64 && first.allSatisfy(\.isHexDigit))
    #expect(try digest(cost: 11) != first)
    #expect(try digest(comment: "! a comment") == first)
    #expect(try digest(secret: "anders") == first)
  }
}
