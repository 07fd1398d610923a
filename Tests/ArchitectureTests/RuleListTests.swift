import FoundationEssentials
import Testing

/// The list of the RFCs' rules that apply here, and the test that holds each: `Tests/ConformanceTests/rules.tsv`.
struct RuleList {
  /// One line: a rule, and the name of its test or the reason why it has none.
  struct Rule: Equatable {
    var line: Int
    var section: String
    var rule: String
    var test: String

    /// Why no test holds the rule; nil where one does.
    var reason: Substring? { test.hasPrefix("none: ") ? test.dropFirst("none: ".count) : nil }
  }

  var rules: [Rule] = []
  /// Lines that are not a section, a rule and a test.
  var malformed: [Int] = []

  init(_ text: String) {
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().dropFirst()
    where !line.isEmpty {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 3, fields.allSatisfy({ !$0.isEmpty }) else {
        malformed.append(number + 1)
        continue
      }
      rules.append(Rule(line: number + 1, section: fields[0], rule: fields[1], test: fields[2]))
    }
  }

  /// The rules that name a test which does not exist.
  func unheld(by tests: Set<String>) -> [Rule] { rules.filter { $0.reason == nil && !tests.contains($0.test) } }

  /// The names in `@Test("...")` of some Swift source.
  static func testNames(in source: String) -> Set<String> {
    var names: Set<String> = []
    for piece in source.components(separatedBy: "@Test(").dropFirst() {
      let rest = piece.drop { $0.isWhitespace }
      guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { continue }
      names.insert(String(rest[rest.index(after: rest.startIndex)..<end]))
    }
    return names
  }
}

@Suite("Every rule of the RFCs that applies has its test") struct RuleListTests {
  @Test("The rule list names tests that exist, or says why a rule has none")
  func coverage() throws {
    let text = try String(contentsOfFile: Checkout.root + "/Tests/ConformanceTests/rules.tsv", encoding: .utf8)
    let list = RuleList(text)
    let tests = try Checkout.testFiles().reduce(into: Set<String>()) { $0.formUnion(RuleList.testNames(in: $1.source)) }
    #expect(list.malformed.isEmpty, "lines that are not a section, a rule and a test, with tabs between them")
    let unheld = list.unheld(by: tests)
    for rule in unheld {
      Issue.record("rules.tsv:\(rule.line): RFC section \(rule.section), \(rule.rule): there is no test \"\(rule.test)\"")
    }
    #expect(list.rules.count > 300)
    let reasoned = list.rules.filter { $0.reason != nil }
    let held = list.rules.count - unheld.count - reasoned.count
    print(
      "rules: \(list.rules.count), held by a test \(held), without one for a reason \(reasoned.count), "
        + "covered \(100 * (held + reasoned.count) / max(list.rules.count, 1)) %")
  }

  @Test("A rule whose test is gone, and a line that is none, are found")
  func checker() {
    let list = RuleList("section\trule\ttest\nRFC 1 2\tA\tfirst\nRFC 1 3\tB\tgone\nRFC 1 4\tC\tnone: it is silent\nRFC 1 5\tD\n")
    let tests = RuleList.testNames(in: "@Test(\"first\") func a() {}\n@Test(\n    \"second\", arguments: [1])\nfunc b() {}")
    #expect(tests == ["first", "second"])
    #expect(list.unheld(by: tests).map(\.rule) == ["B"])
    #expect(list.rules.compactMap(\.reason) == ["it is silent"])
    #expect(list.malformed == [5])
  }
}
