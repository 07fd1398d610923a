import FoundationEssentials
import Testing

@testable import ControlAPI

@Suite("The OpenAPI description of the control socket")
struct OpenAPITests {
  private static let path = "Sources/ControlAPI/ControlAPI.docc/openapi.yaml"
  private static let heading = "\n  schemas:\n"

  @Test("It has every key of every model; UPDATE_DOCUMENTATION=1 writes them")
  func models() throws {
    let text = Checkout.read(Self.path)
    let start = try #require(text.firstRange(of: Self.heading)).upperBound
    let expected = Models.read().schemas
    if text[start...] != expected, ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] == "1" {
      try (text[..<start] + expected).write(toFile: Checkout.root + "/" + Self.path, atomically: true, encoding: .utf8)
    } else {
      #expect(text[start...] == expected)
    }
  }

  @Test("It has every route of the server, and the server has every one of its")
  func routes() throws {
    let described = Set(Self.operations(Checkout.read(Self.path)))
    let served = Set(Route.table.map { "\($0.method.rawValue) \($0.path)" })
    #expect(described == served)
    #expect(described.count == Route.table.count, "each once")
  }

  @Test("Every reference leads to a schema or an answer of it")
  func references() throws {
    let text = Checkout.read(Self.path)
    for reference in text.matches(of: #/#\/components\/(schemas|responses)\/(\w+)/#) {
      #expect(text.contains("\n    \(reference.2):"), "\(reference.0)")
    }
  }

  @Test("The JSON reference lists every route of the API")
  func reference() {
    let page = Checkout.read("Sources/anycast-ospfd/anycast-ospfd.docc/JSONReference.md")
    for route in Route.table where route.path.hasPrefix("/v1/") {
      let path = route.path.replacing("{name}", with: "NAME")
      #expect(page.contains("`\(route.method.rawValue) \(path)`"), "\(route.method.rawValue) \(path)")
    }
  }

  /// `GET /v1/status`, of each operation in the text.
  private static func operations(_ text: String) -> [String] {
    var path = ""
    var operations: [String] = []
    for line in text.split(separator: "\n") {
      if line == "components:" { break }
      if let match = line.wholeMatch(of: #/  (\/\S*):/#) { path = String(match.1) }
      if let match = line.wholeMatch(of: #/    (get|put|post|delete):/#) { operations.append("\(match.1.uppercased()) \(path)") }
    }
    return operations
  }
}
