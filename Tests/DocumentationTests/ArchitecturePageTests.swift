import FoundationEssentials
import Testing

@Suite("The architecture page")
struct ArchitecturePageTests {
  private static let path = "Sources/anycast-ospfd/anycast-ospfd.docc/Architecture.md"

  @Test("The modules are those of Package.swift; UPDATE_DOCUMENTATION=1 writes them")
  func modules() throws {
    let page = try #require(Checkout.pages.first { $0.path == Self.path })
    let picture = try #require(page.blocks.first { $0.language == "text" }).lines.joined(separator: "\n")
    let expected = ModuleGraph(manifest: Checkout.read("Package.swift")).picture
    if picture != expected, ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] == "1" {
      let text = page.text.replacing(picture, with: expected)
      try text.write(toFile: Checkout.root + "/" + Self.path, atomically: true, encoding: .utf8)
    } else {
      #expect(picture == expected)
    }
  }

  @Test("Every file that it names exists")
  func files() {
    let names = Set(Checkout.sources.map { String($0.split(separator: "/").last ?? "") })
    for span in Checkout.pages.first(where: { $0.path == Self.path })?.spans ?? []
    where span.text.hasSuffix(".swift") && span.text != "Package.swift" {
      #expect(names.contains(span.text), "\(Self.path):\(span.line): \(span.text)")
    }
  }

  @Test("CONTRIBUTING names every file that a kind of check consists of")
  func checkKind() throws {
    let text = Checkout.read("CONTRIBUTING.md")
    let start = try #require(text.firstRange(of: "## A new kind of check")).upperBound
    let named = Set(text[start...].matches(of: #/(\w+\.swift)/#).map { String($0.1) })
    let concerned = (Checkout.sources + Checkout.tests).filter { path in
      path.hasSuffix(".swift") && !path.hasPrefix("Tests/DocumentationTests/")
        && Checkout.read(path).contains(#/\.ntp\b|"ntp": ntp|NTPCheck|NTPProbe/#)
    }
    #expect(concerned.count > 5)
    #expect(named == Set(concerned.map { String($0.split(separator: "/").last ?? "") }))
  }

  @Test("Every function that it names for a file is in that file")
  func functions() throws {
    let page = try #require(Checkout.pages.first { $0.path == Self.path })
    var count = 0
    for row in page.text.split(separator: "\n") where row.hasPrefix("|") && row.contains(".swift`") {
      for part in row.split(separator: "|").last?.split(separator: ";") ?? [] {
        let names = part.matches(of: #/`([^`]+)`/#).map { String($0.1) }
        for file in names.filter({ $0.hasSuffix(".swift") }) {
          let path = Checkout.sources.first { $0.hasSuffix("/" + file) } ?? ""
          for name in names where !name.hasSuffix(".swift") {
            #expect(Checkout.read(path).contains("func \(name)"), "\(file): \(name)")
            count += 1
          }
        }
      }
    }
    #expect(count > 40)
  }
}

/// The modules of the manifest and what each imports.
struct ModuleGraph {
  /// Each module with the modules of this package that it depends on.
  private let dependencies: [String: Set<String>]

  /// Reads the targets of the product: those for tests and benchmarks are elsewhere than in Sources, and say where.
  init(manifest: String) {
    var dependencies: [String: Set<String>] = [:]
    let targets = manifest.split(separator: "targets: [").last.map { $0.split(separator: "\n    .") } ?? []
    for target in targets where !target.hasPrefix("testTarget") && !target.contains("path: \"") {
      guard let name = target.firstMatch(of: #/name: "([^"]+)"/#)?.1 else { continue }
      let list = target.firstMatch(of: #/dependencies: \[([^\]]*)\]/#)?.1 ?? ""
      dependencies[String(name)] = Set(list.matches(of: #/"([^"]+)"/#).map { String($0.1) })
    }
    let names = Set(dependencies.keys)
    self.dependencies = dependencies.mapValues { $0.intersection(names) }
  }

  /// Everything that a module reaches.
  private func reached(from module: String) -> Set<String> {
    (dependencies[module] ?? []).reduce(into: []) { $0.formUnion(reached(from: $1).union([$1])) }
  }

  private func height(_ module: String) -> Int {
    (dependencies[module] ?? []).map { height($0) + 1 }.max() ?? 0
  }

  /// One line for each module, the highest first: what it stands on, without what that stands on in its turn.
  var picture: String {
    let width = dependencies.keys.map(\.count).max() ?? 0
    return dependencies.keys.sorted { (height($1), $0) < (height($0), $1) }.map { module in
      let direct = dependencies[module] ?? []
      let indirect = direct.reduce(into: Set<String>()) { $0.formUnion(reached(from: $1)) }
      let list = direct.subtracting(indirect).sorted().joined(separator: ", ")
      let padding = String(repeating: " ", count: width - module.count)
      return list.isEmpty ? module : "\(module)\(padding)  ->  \(list)"
    }.joined(separator: "\n")
  }
}
