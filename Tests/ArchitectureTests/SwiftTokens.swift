/// The tokens of a Swift source file that the rules look at: words, and the punctuation around them. Comments and the text of
/// string literals are left out; what is interpolated into a string is not.
struct SwiftTokens {
  struct Token: Equatable {
    var text: String
    var line: Int
  }

  private(set) var tokens: [Token] = []
  private var characters: [Character]
  private var position = 0
  private var line = 1

  init(_ source: String) {
    characters = Array(source)
    scan(untilClosingParenthesis: false)
  }

  private var current: Character? { peek(0) }

  private func peek(_ distance: Int) -> Character? {
    position + distance < characters.count ? characters[position + distance] : nil
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where position < characters.count {
      if characters[position].isNewline { line += 1 }
      position += 1
    }
  }

  private func starts(with text: String) -> Bool {
    text.enumerated().allSatisfy { peek($0.offset) == $0.element }
  }

  /// Scans to the end of the source, or, inside of a string's interpolation, to the parenthesis that ends it.
  private mutating func scan(untilClosingParenthesis: Bool) {
    var depth = 0
    while let character = current {
      if starts(with: "//") {
        while let next = current, !next.isNewline { advance() }
      } else if starts(with: "/*") {
        skipBlockComment()
      } else if let hashes = stringDelimiterHashes() {
        skipString(hashes: hashes)
      } else if character.isLetter || character == "_" {
        takeWord()
      } else if character == "`" {
        takeEscapedWord()
      } else {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        if untilClosingParenthesis, depth < 0 { return advance() }
        if !character.isWhitespace { tokens.append(Token(text: String(character), line: line)) }
        advance()
      }
    }
  }

  private mutating func takeWord() {
    let start = position
    let startLine = line
    while let next = current, next.isLetter || next.isNumber || next == "_" { advance() }
    tokens.append(Token(text: String(characters[start..<position]), line: startLine))
  }

  /// A word between backticks is never a keyword, so the backtick stays in front of it as a token.
  private mutating func takeEscapedWord() {
    tokens.append(Token(text: "`", line: line))
    advance()
    takeWord()
    if current == "`" { advance() }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        advance(2)
      } else if starts(with: "*/") {
        depth -= 1
        advance(2)
      } else {
        advance()
      }
    } while depth > 0 && current != nil
  }

  /// The number of `#` before the quotation mark when a string literal starts here.
  private func stringDelimiterHashes() -> Int? {
    var hashes = 0
    while peek(hashes) == "#" { hashes += 1 }
    return peek(hashes) == "\"" ? hashes : nil
  }

  private mutating func skipString(hashes: Int) {
    advance(hashes)
    let isMultiline = starts(with: "\"\"\"")
    let pounds = String(repeating: "#", count: hashes)
    let end = (isMultiline ? "\"\"\"" : "\"") + pounds
    advance(isMultiline ? 3 : 1)
    while let character = current {
      if starts(with: end) { return advance(end.count) }
      if starts(with: "\\" + pounds + "(") {
        advance(hashes + 2)
        scan(untilClosingParenthesis: true)
      } else if starts(with: "\\" + pounds) {
        advance(hashes + 2)
      } else if character.isNewline, !isMultiline {
        return
      } else {
        advance()
      }
    }
  }
}

extension SwiftTokens {
  struct Import: Equatable {
    var module: String
    var line: Int
  }

  private static let importKinds: Set = ["typealias", "struct", "class", "enum", "protocol", "let", "var", "func", "actor"]

  /// Every module that the file imports, whatever stands before `import` (attributes, access levels) and after it (a kind of
  /// declaration, a submodule).
  var imports: [Import] {
    tokens.indices.compactMap { index in
      guard tokens[index].text == "import", index == 0 || ![".", "`"].contains(tokens[index - 1].text) else { return nil }
      var next = tokens[(index + 1)...].drop { $0.text == "`" }
      if let kind = next.first, Self.importKinds.contains(kind.text) { next = next.dropFirst().drop { $0.text == "`" } }
      guard let module = next.first, module.text != ":", module.text != "(" else { return nil }
      return Import(module: module.text, line: tokens[index].line)
    }
  }

  /// Every word that handles memory without bounds or lifetime checks.
  var unsafeWords: [Token] {
    tokens.filter { token in
      token.text.hasPrefix("Unsafe") || token.text.hasPrefix("withUnsafe") || token.text.hasPrefix("unsafe")
        || token.text.hasPrefix("OpaquePointer") || token.text.hasPrefix("withMemoryRebound")
    }
  }
}
