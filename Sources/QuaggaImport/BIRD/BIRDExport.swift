import OSPFWire

/// What a channel exports to OSPF, where its filter is simple: conditions that all hold, and the metric that follows.
struct BIRDExportRule {
  /// The prefixes, as patterns with the name that they are defined by; nil for all.
  var prefixes: [String]?
  var name: String?
  var allowsStatic = true
  var allowsDirect = true
  var protocolName: String?
  var device: String?
  /// BIRD's default for what it exports: a metric of type 2.
  var metric = 10000
  var metricType = 2
  var tag: UInt32?
}

/// Reads the filters of a configuration.
struct BIRDFilters {
  private let filters: [String: [BIRDStatement]]
  private let definitions: [String: [String]]

  /// The filter is not simple.
  struct NotUnderstood: Error { var text: String }

  init(_ statements: [BIRDStatement]) {
    var filters: [String: [BIRDStatement]] = [:]
    var definitions: [String: [String]] = [:]
    for statement in statements where statement.words.count > 1 {
      if statement.words[0] == "filter" { filters[statement.words[1]] = statement.block }
      if statement.words[0] == "define", statement.words.count > 3 {
        definitions[statement.words[1]] = Array(statement.words[3...])
      }
    }
    self.filters = filters
    self.definitions = definitions
  }

  /// The rules of an `export` statement; an empty list exports nothing.
  func rules(_ export: BIRDStatement) throws(NotUnderstood) -> [BIRDExportRule] {
    let words = Array(export.words.dropFirst())
    switch words.first {
    case "all": return [BIRDExportRule()]
    case "none", nil: return []
    case "where": return [try condition(Array(words.dropFirst()))]
    case "filter":
      let block = words.count > 1 ? filters[words[1]] : export.block
      guard let block else { throw NotUnderstood(text: export.text) }
      return try rules(block, named: words.count > 1 ? words[1] : nil)
    default:
      guard let name = words.first, words.count == 1, let block = filters[name] else { throw NotUnderstood(text: export.text) }
      return try rules(block, named: name)
    }
  }

  /// Statements until the first that decides about everything.
  private func rules(_ statements: [BIRDStatement], named name: String?) throws(NotUnderstood) -> [BIRDExportRule] {
    var rules: [BIRDExportRule] = []
    var general = BIRDExportRule()
    for statement in statements {
      switch statement.words.first {
      case "accept":
        general.name = name
        return rules + [general]
      case "reject": return rules
      case "if":
        guard let then = statement.words.firstIndex(of: "then") else { throw NotUnderstood(text: statement.text) }
        var rule = try condition(Array(statement.words[1..<then]))
        (rule.metric, rule.metricType, rule.tag) = (general.metric, general.metricType, general.tag)
        rule.name = rule.name ?? name
        let action = Array(statement.words[(then + 1)...])
        let actions = action.isEmpty ? statement.block : [BIRDStatement(words: action, line: statement.line)]
        guard try isAccepting(actions, &rule) else { throw NotUnderstood(text: statement.text) }
        rules.append(rule)
      case "else":
        let actions =
          statement.words.count > 1
          ? [BIRDStatement(words: Array(statement.words.dropFirst()), line: statement.line)] : statement.block
        if try isAccepting(actions, &general) { return rules + [general] }
        return rules
      default: try assign(statement, &general)
      }
    }
    return rules
  }

  /// What stands in a branch: assignments, and a decision.
  private func isAccepting(_ statements: [BIRDStatement], _ rule: inout BIRDExportRule) throws(NotUnderstood) -> Bool {
    for statement in statements {
      switch statement.words.first {
      case "accept": return true
      case "reject": return false
      default: try assign(statement, &rule)
      }
    }
    throw NotUnderstood(text: statements.first?.text ?? "if")
  }

  private func assign(_ statement: BIRDStatement, _ rule: inout BIRDExportRule) throws(NotUnderstood) {
    let words = statement.words
    if words.first == "print" { return }
    guard words.count == 3, words[1] == "=", let number = UInt32(resolved(words[2])) else {
      throw NotUnderstood(text: statement.text)
    }
    switch words[0] {
    case "ospf_metric1": (rule.metric, rule.metricType) = (Int(number), 1)
    case "ospf_metric2": (rule.metric, rule.metricType) = (Int(number), 2)
    case "ospf_tag": rule.tag = number
    default: throw NotUnderstood(text: statement.text)
    }
  }

  private func resolved(_ word: String) -> String {
    guard let definition = definitions[word], definition.count == 1 else { return word }
    return definition[0]
  }

  private func condition(_ words: [String]) throws(NotUnderstood) -> BIRDExportRule {
    var rule = BIRDExportRule()
    for part in words.split(separator: "&&") {
      let part = part.filter { $0 != "(" && $0 != ")" }
      guard part.count > 2 else { throw NotUnderstood(text: words.joined(separator: " ")) }
      let values = part[2...].flatMap { definitions[$0] ?? [$0] }.filter { !["[", "]", ","].contains($0) }
      switch (part[0], part[1]) {
      case ("net", "~"), ("net", "="):
        rule.prefixes = values
        if part.count == 3, definitions[part[2]] != nil { rule.name = part[2] }
      case ("source", "="), ("source", "~"):
        rule.allowsStatic = values.contains("RTS_STATIC")
        rule.allowsDirect = values.contains("RTS_DEVICE")
      case ("proto", "="): rule.protocolName = values.first.map { String($0.drop { $0 == "\"" }) }
      case ("ifname", "="), ("ifname", "~"): rule.device = values.first.map { String($0.drop { $0 == "\"" }) }
      default: throw NotUnderstood(text: words.joined(separator: " "))
      }
    }
    return rule
  }
}

/// A pattern of prefixes: `P`, `P+`, `P-` or `P{LOW,HIGH}`.
struct BIRDPrefixPattern {
  let prefix: IPPrefix
  let shortest: Int
  let longest: Int

  init?(_ text: String) {
    let end = text.firstIndex { "+-{".contains($0) } ?? text.endIndex
    guard let prefix = IPPrefix(text[..<end]) else { return nil }
    self.prefix = prefix
    let suffix = text[end...]
    switch suffix.first {
    case nil: (shortest, longest) = (prefix.length, prefix.length)
    case "+": (shortest, longest) = (prefix.length, prefix.address.bitWidth)
    case "-": return nil
    default:
      let bounds = suffix.dropFirst().dropLast().split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
      guard bounds.count == 2, bounds[0] >= prefix.length, bounds[0] <= bounds[1], bounds[1] <= prefix.address.bitWidth else {
        return nil
      }
      (shortest, longest) = (bounds[0], bounds[1])
    }
  }

  func matches(_ other: IPPrefix) -> Bool {
    prefix.address.bitWidth == other.address.bitWidth && prefix.length <= other.length && prefix.contains(other.address)
      && (shortest...longest).contains(other.length)
  }

  /// What follows `permit` in a prefix list.
  var text: String {
    shortest == prefix.length && longest == prefix.length
      ? "\(prefix)" : "\(prefix)" + (shortest > prefix.length ? " ge \(shortest)" : "") + " le \(longest)"
  }
}
