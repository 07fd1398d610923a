import Redistribution

/// A word of a line, and where it stands.
struct Word: Hashable, Sendable {
  /// The word itself, without its quotes.
  var text: String
  /// Its octets in the line, quotes included.
  var range: Range<Int>
  /// Its first character's column, counted from 1.
  var column: Int
  /// Whether it was written in quotes, and therefore is no keyword.
  var isQuoted = false
}

/// A line of a configuration file, taken apart into words.
struct Line: Sendable {
  let path: String
  /// Counted from 1.
  let number: Int
  /// Without the line feed.
  let bytes: [UInt8]
  /// Separated by white space. Quotes mean nothing here, as in Quagga; see `quotedWords(from:)`.
  let words: [Word]

  init(path: String, number: Int, bytes: [UInt8]) {
    self.path = path
    self.number = number
    self.bytes = bytes
    words = Self.split(bytes)
  }

  /// The line starts with white space: by habit, but not by rule, it belongs to the block above.
  var isIndented: Bool { bytes.first.map(Self.isBlank) ?? false }

  /// How many blanks it starts with.
  var indentation: Int { bytes.prefix(while: Self.isBlank).count }

  /// Nothing to read: empty, or a comment, which is what `!` and `#` start.
  var isComment: Bool {
    guard let first = words.first else { return true }
    return first.text.utf8.first == UInt8(ascii: "!") || first.text.utf8.first == UInt8(ascii: "#")
  }

  /// The line from its first to its last word.
  var text: String {
    guard let first = words.first else { return "" }
    return text(from: first)
  }

  /// The line from `word` to its last word.
  func text(from word: Word) -> String {
    let end = words.last?.range.upperBound ?? bytes.count
    return String(decoding: bytes[word.range.lowerBound..<max(end, word.range.lowerBound)], as: UTF8.self)
  }

  /// Where a word stands; where the line ends when there is none.
  func location(of word: Word?) -> SourceLocation {
    let column = word?.column ?? Self.column(of: words.last?.range.upperBound ?? bytes.count, in: bytes)
    return SourceLocation(path: path, line: number, column: column)
  }

  /// The place of the first control character: it has no business in a configuration, and would reach terminals and programs.
  var firstControlCharacter: SourceLocation? {
    guard let offset = bytes.firstIndex(where: { ($0 < 0x20 && !Self.isBlank($0)) || $0 == 0x7F }) else { return nil }
    return SourceLocation(path: path, line: number, column: Self.column(of: offset, in: bytes))
  }
}

extension Line {
  /// The lines of a file. A byte order mark is ignored; what is not UTF-8 is read as U+FFFD.
  static func lines(of file: SourceFile) -> [Line] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = file.bytes.starts(with: mark) ? file.bytes.dropFirst(mark.count) : file.bytes[...]
    return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map { offset, line in
      Line(path: file.path, number: offset + 1, bytes: Array(line))
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private static func column(of offset: Int, in bytes: [UInt8]) -> Int {
    bytes[..<offset].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }

  private static func split(_ bytes: [UInt8]) -> [Word] {
    var words: [Word] = []
    var column = 1
    var start: (offset: Int, column: Int)?
    for offset in bytes.indices {
      if isBlank(bytes[offset]) {
        if let begin = start { words.append(word(bytes, begin.offset..<offset, column: begin.column)) }
        start = nil
      } else if start == nil {
        start = (offset, column)
      }
      if bytes[offset] & 0xC0 != 0x80 { column += 1 }
    }
    if let begin = start { words.append(word(bytes, begin.offset..<bytes.count, column: begin.column)) }
    return words
  }

  private static func word(_ bytes: [UInt8], _ range: Range<Int>, column: Int) -> Word {
    Word(text: String(decoding: bytes[range], as: UTF8.self), range: range, column: column)
  }

  /// The words from `first` on, read as a shell does: `"..."` with `\"` and `\\`, `'...'` as it stands.
  ///
  /// Throws when a quote is not closed.
  func quotedWords(from first: Word) throws(ConfigurationError) -> [Word] {
    var words: [Word] = []
    var offset = first.range.lowerBound
    while offset < bytes.count {
      if Self.isBlank(bytes[offset]) {
        offset += 1
        continue
      }
      let word = try quotedWord(at: offset)
      words.append(word)
      offset = word.range.upperBound
    }
    return words
  }

  private func quotedWord(at start: Int) throws(ConfigurationError) -> Word {
    var text: [UInt8] = []
    var quote: UInt8?
    var isQuoted = false
    var offset = start
    while offset < bytes.count, quote != nil || !Self.isBlank(bytes[offset]) {
      let byte = bytes[offset]
      if let open = quote {
        if byte == open {
          quote = nil
        } else if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\""), offset + 1 < bytes.count {
          offset += 1
          text.append(bytes[offset])
        } else {
          text.append(byte)
        }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
        isQuoted = true
      } else {
        text.append(byte)
      }
      offset += 1
    }
    let column = Self.column(of: start, in: bytes)
    let word = Word(
      text: String(decoding: text, as: UTF8.self), range: start..<offset, column: column, isQuoted: isQuoted)
    guard quote == nil else {
      throw ConfigurationError(
        location: location(of: word), problem: .badValue, word: self.text(from: word), expected: "a closing quote")
    }
    return word
  }
}
