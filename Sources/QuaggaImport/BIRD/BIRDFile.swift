/// A statement of BIRD's language: words until a semicolon, or a block in braces.
struct BIRDStatement {
  /// Strings begin with a quote, which is not repeated at their end.
  var words: [String] = []
  var block: [BIRDStatement] = []
  /// Counted from 1.
  var line: Int

  /// The word after another one.
  func word(after name: String) -> String? {
    words.firstIndex(of: name).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
  }

  /// The statement as it may be shown.
  var text: String { words.map { $0.hasPrefix("\"") ? "\($0)\"" : $0 }.joined(separator: " ") }
}

/// A configuration of BIRD 1.6 to 3, read as far as its statements; what they mean, `BIRDImport` says.
struct BIRDFile {
  private(set) var statements: [BIRDStatement] = []

  init(_ text: String) {
    var tokens = Self.tokens(text)[...]
    statements = Self.statements(&tokens, depth: 0)
  }

  /// Whether lines look like BIRD's.
  static func isOne(_ lines: [String]) -> Bool {
    let texts = lines.map(INIFile.trimmed).filter { !$0.hasPrefix("#") }
    return texts.contains { line in
      let hasEnd = line.hasSuffix("{") || line.hasSuffix("}") || line.hasSuffix(";")
      return hasEnd && ["protocol ", "router id ", "filter ", "template ", "define "].contains { line.hasPrefix($0) }
    }
  }

  private typealias Token = (text: String, line: Int)

  /// Blocks that are nested deeper are no configuration.
  private static let deepest = 50

  private static func statements(_ tokens: inout ArraySlice<Token>, depth: Int) -> [BIRDStatement] {
    var statements: [BIRDStatement] = []
    var current: BIRDStatement?
    while let token = tokens.popFirst() {
      switch token.text {
      case ";":
        if let current { statements.append(current) }
        current = nil
      case "{":
        var statement = current ?? BIRDStatement(line: token.line)
        statement.block = depth < deepest ? self.statements(&tokens, depth: depth + 1) : []
        statements.append(statement)
        current = nil
      case "}":
        if let current { statements.append(current) }
        return statements
      default:
        var statement = current ?? BIRDStatement(line: token.line)
        statement.words.append(token.text)
        current = statement
      }
    }
    if let current { statements.append(current) }
    return statements
  }

  private static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var line = 1
    var word = ""
    var characters = Array(text)[...]
    func isWord(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || "_.:/+-*".contains(character)
    }
    func end() {
      if !word.isEmpty { tokens.append((word, line)) }
      word = ""
    }
    while let character = characters.popFirst() {
      switch character {
      case "#":
        end()
        while let next = characters.first, !next.isNewline { characters = characters.dropFirst() }
      case "/" where characters.first == "*" && word.isEmpty:
        characters = characters.dropFirst()
        while let next = characters.popFirst(), !(next == "*" && characters.first == "/") { if next.isNewline { line += 1 } }
        characters = characters.dropFirst()
      case "\"":
        end()
        var string = "\""
        while let next = characters.popFirst(), next != "\"" { string.append(next) }
        tokens.append((string, line))
      case "{" where word.contains("/"):
        // A pattern of prefixes: 10.0.0.0/8{24,32}.
        word.append(character)
        while let next = characters.popFirst() {
          word.append(next)
          if next == "}" { break }
        }
      case _ where isWord(character): word.append(character)
      default:
        end()
        if character.isNewline { line += 1 }
        guard !character.isWhitespace else { continue }
        if (character == "&" || character == "|"), characters.first == character {
          characters = characters.dropFirst()
          tokens.append(("\(character)\(character)", line))
        } else {
          tokens.append((String(character), line))
        }
      }
    }
    end()
    return tokens
  }
}
