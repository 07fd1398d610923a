import AnycastPolicy
import Configuration
import ConfigurationTestSupport
import Testing

@Suite("A service that is read by itself")
struct ServiceTextTests {
  private func read(_ text: String, named name: String = "web", beside base: String = example) throws -> ParsedService {
    try configuration(base).parseService(name, SourceFile(path: "web", text: text))
  }

  private func complaints(_ text: String, named name: String = "web") throws -> [String] {
    let base = try configuration(example)
    do throws(ConfigurationErrors) {
      _ = try base.parseService(name, SourceFile(path: "web", text: text))
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test("It means what the same block means in a file, with its first line or without", arguments: [true, false])
  func same(withHeading: Bool) throws {
    let lines = " description shop\n ! a comment\n address 192.0.2.80\naddress 2001:db8::80\n check tcp port 80\n require any\n"
    let inFile = try configuration(example + "\nanycast service web\n" + lines).services.last
    #expect(try read((withHeading ? "! copied\nanycast service web\n" : "") + lines).service == inFile)
  }

  @Test("An error says where it is, and all of them are told")
  func places() throws {
    let told = try complaints("address 192.0.2.80\n check tcp prot 80\n linger soon\n")
    #expect(told.count == 2)
    #expect(told.first?.hasPrefix("web:2:12: ") == true && told.first?.contains("'prot'") == true, "\(told)")
    #expect(told.last?.hasPrefix("web:3:9: bad value 'soon'") == true, "\(told)")
    #expect(try complaints("check tcp port 80\n") == ["web:1:1: 'web': a service without 'address'"])
    #expect(try complaints("") == ["web:1:1: 'web': a service without 'address'"])
  }

  @Test(
    "Nothing ends the block, and nothing else can be said",
    arguments: ["router ospf", "exit", "interface eth0", "anycast service other", "!\nanycast service web\nanycast service web"])
  func confined(lines: String) throws {
    #expect(try complaints("address 192.0.2.80\n\(lines)\n").count >= 1)
    #expect(try complaints("\(lines)\n address 192.0.2.80\n").count >= 1)
  }

  @Test("The router ID is no address of a service, and a name is one", arguments: ["", "a b", "192.0.2.1", "../x"])
  func names(name: String) throws {
    #expect(
      try complaints("address 198.51.100.2\n") == [
        "web:1:9: '198.51.100.2': an anycast address cannot be the router ID, because every node of the service has it"
      ])
    #expect(try complaints("address 192.0.2.80\n", named: name).first?.hasPrefix("web:1:1: bad value '\(name)'") == true)
  }

  @Test("What is hardly meant is told, as of a file")
  func notices() throws {
    #expect(try read("address 192.0.2.80\n").notices.map(\.kind) == [.caution])
    #expect(try read("address 192.0.2.80\ncheck tcp port 80\n", beside: "").notices.map(\.kind) == [.withoutEffect])
    #expect(try read("address 192.0.2.80\ncheck tcp port 80\n").notices == [])
  }
}
