import FoundationEssentials
import Testing

@Suite("The walls of the house")
struct ArchitectureTests {
  static let rules = ModuleRules()

  @Test("Every directory of Sources has a rule, and every rule a directory")
  func everyModuleHasARule() throws {
    #expect(try Checkout.modules() == Self.rules.modules.keys.sorted())
  }

  @Test("A module imports only what the design allows", arguments: rules.modules.keys.sorted())
  func imports(module: String) throws {
    let files = try Checkout.swiftFiles(of: module)
    #expect(Self.rules.violations(in: module, files: files) == [])
    #expect(files.isEmpty == (Self.rules.modules[module]?.isSwift == false))
  }

  @Test("The manifest gives a target no dependency that its module may not import")
  func manifest() async throws {
    let targets = try await Manifest.load().targets.filter { $0.type != "test" && Self.rules.modules[$0.name] != nil }
    #expect(targets.map(\.name).sorted() == Self.rules.modules.keys.sorted())
    for target in targets {
      let dependencies = Set(target.dependencies.compactMap(\.name))
      #expect(dependencies.count == target.dependencies.count)
      #expect(Self.rules.violations(inDependencies: dependencies, of: target.name) == [])
    }
  }

  @Test("A target's manifest entry names every module that its sources import")
  func manifestNamesWhatIsImported() async throws {
    for target in try await Manifest.load().targets where Self.rules.modules[target.name] != nil {
      let imported = try Checkout.swiftFiles(of: target.name).flatMap { SwiftTokens($0.source).imports.map(\.module) }
      let undeclared = Set(imported).subtracting(target.dependencies.compactMap(\.name))
        .subtracting(Self.rules.platformLibraries).subtracting(["Swift"])
      #expect(undeclared.sorted() == [], "\(target.name)")
    }
  }

  @Test("The lab of the scripts is built without a module of the daemon")
  func lab() async throws {
    let targets = try await Manifest.load().targets
    for (name, needed) in [("lab", ["LabHarness"]), ("LabHarness", ["Subprocess"])] {
      #expect(targets.first { $0.name == name }?.dependencies.compactMap(\.name) == needed)
    }
  }

  @Test(
    "Every module has its DocC article, titled with the module's name",
    arguments: rules.modules.filter(\.value.isSwift).keys.sorted())
  func article(module: String) throws {
    let path = "\(Checkout.root)/Sources/\(module)/\(module).docc/\(module).md"
    let article = try String(contentsOfFile: path, encoding: .utf8)
    let symbol = String(module.map { $0 == "-" ? "_" : $0 })
    let title = article.split(separator: "\n").first ?? ""
    #expect(title == "# ``\(module)``" || title == "# ``\(symbol)``")
    #expect(article.split(separator: "\n").count > 3, "the article says nothing")
  }
}

extension ArchitectureTests {
  /// What one module writes for people, another one that reads it as a contract would break when a word of it changes.
  private static var sentenceReaders: [Regex<Substring>] {
    [
      #/\.(?:reason|message|summary|withheldReason|lastResult)\??\.(?:hasPrefix|hasSuffix|split|firstRange|starts)\(/#,
      #/\.(?:state|role|kind|level|authentication|networkType|addressMode|reason|message|summary|withheldReason|lastResult) (?:==|!=) "/#,
      #/"\]\.contains\((?:\w+\.)*(?:state|role|kind|level|authentication|networkType|addressMode)\)/#,
      #/case "(?:Up|Down|Init|AdminDown|Full|DR|passing|failing|simple-password)"/#,
    ]
  }

  @Test(
    "No reader of the reports parses a sentence, or compares a state or a kind with a text",
    arguments: ["Diagnosis", "FamiliarOutput", "anycastctl", "ControlAPI"])
  func contracts(module: String) throws {
    for (name, source) in try Checkout.swiftFiles(of: module) {
      for line in source.split(separator: "\n") {
        #expect(!Self.sentenceReaders.contains { line.contains($0) }, "\(name): \(line)")
      }
    }
  }

  @Test(
    "The checker of contracts sees what it must",
    arguments: [
      #"guard service.reason != "shutdown" else { return }"#, #"if neighbor.state == "Full" { }"#,
      #"if address.withheldReason?.hasPrefix("no area") == true { }"#, #"let words = check.summary.split(separator: " ")"#,
      #"if ["none", "simple-password"].contains(interface.authentication) { }"#, #"case "Up": false"#,
      #"let css = event.level == "error" ? "problem" : """#,
    ])
  func contractChecker(line: String) {
    #expect(Self.sentenceReaders.contains { line.contains($0) })
  }
}

extension ArchitectureTests {
  @Test("No comment repeats what the declaration says: that an initializer makes a value, or a function returns one")
  func comments() throws {
    for module in try Checkout.modules() {
      for (name, source) in try Checkout.swiftFiles(of: module) {
        for line in source.split(separator: "\n") {
          #expect(!line.contains(#/\/\/\/ (?:Makes an? |Creates (?:an?|the) |Returns the |Initializes )/#), "\(name): \(line)")
        }
      }
    }
  }
}
