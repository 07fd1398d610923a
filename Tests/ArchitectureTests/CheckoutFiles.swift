import FoundationEssentials
import Subprocess
import Testing

/// The files of the checkout that the tests were built from.
enum Checkout {
  /// The directory of Package.swift.
  static let root: String = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

  /// The names of the directories in Sources, which are the modules.
  static func modules() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/Sources").filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The Swift files of a module, in subdirectories too.
  static func swiftFiles(of module: String) throws -> [(name: String, source: String)] {
    try swiftFiles(in: "Sources/" + module)
  }

  /// The Swift files of all test targets.
  static func testFiles() throws -> [(name: String, source: String)] { try swiftFiles(in: "Tests") }

  private static func swiftFiles(in directory: String) throws -> [(name: String, source: String)] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/" + directory).sorted().flatMap { entry in
      let path = directory + "/" + entry
      if entry.hasSuffix(".swift") {
        return [(path, try String(contentsOfFile: root + "/" + path, encoding: .utf8))]
      }
      var isDirectory = false
      guard FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isDirectory), isDirectory else { return [] }
      return try swiftFiles(in: path)
    }
  }
}

/// What `swift package dump-package` says of the targets.
struct Manifest: Decodable {
  struct Target: Decodable {
    var name: String
    var type: String
    var dependencies: [Dependency]
  }

  /// `{"byName": ["OSPFWire", null]}` or `{"product": ["NIOCore", "swift-nio", null, null]}`
  struct Dependency: Decodable {
    var byName: [String?]?
    var product: [String?]?
    var target: [String?]?

    var name: String? { (byName ?? product ?? target)?.first ?? nil }

    private enum CodingKeys: String, CodingKey { case byName, product, target }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      byName = try Self.strings(container, .byName)
      product = try Self.strings(container, .product)
      target = try Self.strings(container, .target)
    }

    /// The first element; the ones after it may be conditions, which are objects.
    private static func strings(_ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) throws -> [String?]? {
      guard container.contains(key) else { return nil }
      var list = try container.nestedUnkeyedContainer(forKey: key)
      return [try list.decodeIfPresent(String.self)]
    }
  }

  var targets: [Target]

  /// Reads the manifest of the checkout. A scratch directory of its own keeps it from waiting for the build that runs the tests.
  static func load() async throws -> Manifest {
    let scratch = "\(FileManager.default.temporaryDirectory.path)/anycast-ospfd-manifest-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let result = try await run(
      .name("swift"), arguments: ["package", "dump-package", "--package-path", Checkout.root, "--scratch-path", scratch],
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
    try #require(result.terminationStatus.isSuccess, "swift package dump-package: \(result.standardError)")
    return try JSONDecoder().decode(Manifest.self, from: Data(result.standardOutput.utf8))
  }
}
