import ConfigurationTestSupport
import OSPFWire
import Testing

@testable import Configuration

@Suite struct MetricsLines {
  @Test("`metrics listen` names an address and a port, as often as is wanted, and `no` takes one or all of them back")
  func listeners() throws {
    func listeners(_ text: String) throws -> [String] { try configuration(text).metricsListeners.map(\.description) }
    #expect(try listeners("metrics listen 127.0.0.1:9342\nmetrics listen [::1]:9342\n") == ["127.0.0.1:9342", "[::1]:9342"])
    #expect(
      try listeners("metrics listen 127.0.0.1:9342\nmetrics listen [::1]:9342\nno metrics listen 127.0.0.1:9342\n") == [
        "[::1]:9342"
      ])
    #expect(try listeners("metrics listen 127.0.0.1:9342\nno metrics listen\n").isEmpty)
    let parsed = try configuration("metrics listen [::1]:9342\n")
    #expect(try configuration(parsed.rendered()) == parsed)
  }

  @Test(
    "What is no address with a port is refused at its place",
    arguments: [
      "9342", "localhost:9342", "::1:9342", "[127.0.0.1]:9342", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+1",
    ])
  func refused(text: String) {
    #expect(errors("metrics listen \(text)\n").map { $0.hasPrefix("test.conf:1:16: ") } == [true])
  }
}
