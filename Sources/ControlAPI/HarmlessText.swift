import NIOCore

/// The one place where text from outside is made harmless: the reason of a drain, the last line of a check's program, names in DNS and TLS
/// answers, device names. Every sink takes its text from here: the log, the terminal, JSON, the metrics, the page.
///
/// What is harmful is what a reader's program does not show but obeys: control characters, which end a line of the log or colour a
/// terminal, and the marks with which Unicode reverses or hides what follows.
public enum HarmlessText {
  /// Whether a reader's program obeys the scalar.
  static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // C0, DEL and C1.
    case 0...0x1F, 0x7F...0x9F: true
    // Zero-width and directional marks, line and paragraph separators, directional embeddings and isolates, the byte order mark.
    case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    // Tags, which are not shown at all.
    case 0xE0000...0xE007F: true
    default: false
    }
  }

  /// The text with each harmful scalar in place of which its number stands: `\n`, `\u{1b}`. It is one line.
  public static func line(_ text: some StringProtocol) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return String(text) }
    return text.unicodeScalars.reduce(into: "") { line, scalar in
      if isHarmful(scalar) { line += name(scalar) } else { line.unicodeScalars.append(scalar) }
    }
  }

  private static func name(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(scalar.value, radix: 16))}"
    }
  }

  /// JSON in which every harmful scalar is an escape sequence. Control characters below 32 are so in all JSON; the others may stand in
  /// strings as they are, and nowhere else, so that the whole text can be gone through.
  static func json(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { isHarmful($0) && $0.value > 0x1F }) else { return text }
    return text.unicodeScalars.reduce(into: "") { line, scalar in
      guard isHarmful(scalar), scalar.value > 0x1F else { return line.unicodeScalars.append(scalar) }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
  }

  /// A label's value in the text format of Prometheus: backslash, quotation mark and line feed are its only specials.
  static func label(_ text: String) -> String {
    line(text).reduce(into: "") { label, character in
      switch character {
      case "\\": label += "\\\\"
      case "\"": label += "\\\""
      default: label.append(character)
      }
    }
  }

  /// Text between the tags, or between the quotation marks of an attribute, of an HTML page.
  static func html(_ text: String) -> String {
    line(text).reduce(into: "") { html, character in
      switch character {
      case "&": html += "&amp;"
      case "<": html += "&lt;"
      case ">": html += "&gt;"
      case "\"": html += "&quot;"
      case "'": html += "&#39;"
      default: html.append(character)
      }
    }
  }
}

extension HarmlessText {
  /// JSON in whose strings the escape sequence of every harmful scalar has become its name: what is decoded from it has none.
  static func named(in json: ByteBuffer) -> ByteBuffer {
    let octets = Array(json.readableBytesView)
    guard octets.contains(backslash) else { return json }
    var result: [UInt8] = []
    result.reserveCapacity(octets.count)
    var position = 0
    while position < octets.count {
      guard octets[position] == backslash, position + 1 < octets.count else {
        result.append(octets[position])
        position += 1
        continue
      }
      let length = octets[position + 1] == UInt8(ascii: "u") ? (isHighSurrogate(octets[position...]) ? 12 : 6) : 2
      let sequence = octets[position..<min(position + length, octets.count)]
      if let scalar = scalar(sequence), isHarmful(scalar) {
        result += name(scalar).utf8.flatMap { $0 == backslash ? [backslash, backslash] : [$0] }
      } else {
        result += sequence
      }
      position += sequence.count
    }
    return ByteBuffer(bytes: result)
  }

  private static let backslash = UInt8(ascii: "\\")

  /// The number in an escape sequence `\uXXXX`.
  private static func codeUnit(_ sequence: ArraySlice<UInt8>) -> UInt16? {
    let digits = sequence.dropFirst(2).prefix(4)
    return digits.count == 4 ? UInt16(String(decoding: digits, as: UTF8.self), radix: 16) : nil
  }

  /// What is beyond 16 bits is two sequences.
  private static func isHighSurrogate(_ rest: ArraySlice<UInt8>) -> Bool {
    codeUnit(rest).map { (0xD800...0xDBFF).contains($0) } ?? false
  }

  /// The scalar of an escape sequence; nil for what stands for itself.
  private static func scalar(_ sequence: ArraySlice<UInt8>) -> Unicode.Scalar? {
    switch sequence.dropFirst().first {
    case UInt8(ascii: "n"): "\n"
    case UInt8(ascii: "r"): "\r"
    case UInt8(ascii: "t"): "\t"
    case UInt8(ascii: "b"): "\u{8}"
    case UInt8(ascii: "f"): "\u{C}"
    case UInt8(ascii: "u"):
      String(decoding: [codeUnit(sequence), codeUnit(sequence.dropFirst(6))].compactMap(\.self), as: UTF16.self).unicodeScalars
        .first
    default: nil
    }
  }
}
