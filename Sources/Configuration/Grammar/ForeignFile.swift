import Redistribution

/// Files of other programs, which people give by mistake.
enum ForeignFile {
  /// What is wrong with the file as a whole; nil when it may be in the dialect.
  static func error(_ lines: [Line]) -> ConfigurationError? {
    guard isOfBIRD(lines), let first = lines.first else { return nil }
    return ConfigurationError(
      location: first.location(of: first.words.first),
      problem: .notSupported(
        "the file is a configuration of BIRD; 'anycast-ospfd import' reads it and writes one of this daemon"),
      word: first.text)
  }

  /// BIRD's language has statements that end in semicolons and blocks in braces, which this one never has.
  private static func isOfBIRD(_ lines: [Line]) -> Bool {
    let significant = lines.prefix(200).map(\.text)
    let hasBlocks = significant.contains { line in
      ["protocol ", "template ", "filter ", "function ", "ipv4 table", "ipv6 table"].contains(where: line.hasPrefix)
        && (line.hasSuffix("{") || line.hasSuffix("}") || line.hasSuffix(";"))
    }
    return hasBlocks || significant.contains { $0.hasPrefix("router id ") && $0.hasSuffix(";") }
  }
}
