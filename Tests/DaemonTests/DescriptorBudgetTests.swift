import Configuration
import Testing

@testable import anycast_ospfd

@Suite("Who may have how many descriptors")
struct DescriptorBudgetTests {
  private func configuration(interfaces: Int = 1, checks: Int = 1, listeners: Int = 0) throws -> Configuration {
    let lines =
      (0..<interfaces).flatMap { ["interface eth\($0)", " ip ospf area 0"] }
      + ["router ospf", " ospf router-id 192.0.2.1", "anycast service dns", " address 192.0.2.53"]
      + (0..<checks).map { " check tcp port \($0 + 1)" } + ["exit"]
      + (0..<listeners).map { "metrics listen 127.0.0.1:\(9000 + $0)" }
    return try Configuration.parse([SourceFile(path: "c", text: lines.joined(separator: "\n") + "\n")]).configuration
  }

  @Test("Too few for the protocol is said with the number that is needed", arguments: [0, 20, 28, 50])
  func tooFew(limit: Int) throws {
    let configuration = try configuration()
    let error = #expect(throws: DescriptorBudget.TooFew.self) { try DescriptorBudget(limit: limit, for: configuration) }
    let needed = try #require(error?.needed)
    #expect(throws: Never.self) { try DescriptorBudget(limit: needed, for: configuration) }
    #expect(error?.description.hasPrefix("\(limit) open files are too few: this configuration needs \(needed)") == true)
  }

  @Test("Connections get what the protocol and the checks leave")
  func connections() throws {
    let few = try DescriptorBudget(limit: 70, for: configuration())
    #expect((4...20).contains(few.controlConnections))
    #expect(!few.isEnoughForChecks)
    let many = try DescriptorBudget(limit: 65536, for: configuration(checks: 100, listeners: 2))
    #expect(many.controlConnections == 64 && many.webConnections == 32 && many.isEnoughForChecks)
    // However many checks there are, they and the connections stay within what the protocol leaves.
    for limit in 150...400 {
      let budget = try DescriptorBudget(limit: limit, for: configuration(interfaces: 4, checks: 50, listeners: 1))
      #expect(budget.controlConnections + budget.webConnections < limit - 44 - 12)
    }
  }
}
