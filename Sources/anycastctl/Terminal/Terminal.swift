import Glibc

/// What standard output is.
struct Terminal {
  /// The columns that text may have; nil where nobody looks at it line by line: a pipe, a file.
  let width: Int?
  /// Whether it is a terminal.
  let isTerminal: Bool
  /// Whether colours are shown: on a terminal, unless somebody wants none (https://no-color.org).
  let hasColor: Bool

  /// Standard output as it is now.
  static var standardOutput: Terminal {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    return Terminal(
      isTerminal: isTerminal, columns: isTerminal ? windowColumns : nil,
      environment: { name in getenv(name).map { String(cString: $0) } })
  }

  /// Judges what is known of it. `COLUMNS` counts where the window does not say how wide it is.
  init(isTerminal: Bool, columns: Int?, environment: (String) -> String?) {
    self.isTerminal = isTerminal
    let wanted = environment("COLUMNS").flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
    width = columns ?? wanted ?? (isTerminal ? 80 : nil)
    let isPlain = !(environment("NO_COLOR") ?? "").isEmpty || environment("TERM") == "dumb"
    hasColor = isTerminal && !isPlain
  }

  /// Prints sentences, as far as they are too long for the terminal in several lines.
  func show(_ sentences: String) { print(Table.fitted(sentences, width: width)) }

  /// Hands what was printed to the terminal.
  func flush() { fflush(nil) }

  private static var windowColumns: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Colours with a meaning. What they say is always said in words too.
  enum Color: String {
    case good = "32"
    case doubtful = "33"
    case bad = "31"
  }

  /// The text in a colour, where there are colours.
  func colored(_ text: String, _ color: Color?) -> String {
    guard hasColor, let color else { return text }
    return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
  }
}
