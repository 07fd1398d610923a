/// Text in aligned columns, that fits into a terminal.
///
/// Where there is too little room, columns are left out, those of least use first. What is longer than a column, a reason, stands on a line
/// of its own below its row, and is wrapped.
struct Table {
  /// How a column is aligned.
  enum Alignment {
    case left
    case right
  }

  private struct Row {
    var cells: [String]
    var notes: [String]
  }

  private var titles: [String]
  private var alignments: [Alignment]
  private let leastUseful: [String]
  private var rows: [Row] = []

  /// A table of columns; a title that begins with `>` is of a column that is aligned to the right. `leastUseful` are titles, in the
  /// order in which their columns are left out.
  init(_ titles: String..., leastUseful: [String] = []) {
    alignments = titles.map { $0.hasPrefix(">") ? .right : .left }
    self.titles = titles.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    self.leastUseful = leastUseful
  }

  /// Appends a row; missing cells are empty. Each of the notes stands on a line of its own below it.
  mutating func add(_ cells: String..., notes: [String] = []) { rows.append(Row(cells: cells, notes: notes)) }

  /// The text at its full width, without a line feed at its end.
  var text: String { text(width: nil) }

  /// The text in lines of at most `width` columns, as far as that is possible; nil means as wide as it is.
  func text(width: Int?) -> String {
    var shown = Array(titles.indices)
    for title in leastUseful {
      guard let width, lineWidth(shown) > width, let column = titles.firstIndex(of: title) else { continue }
      shown.removeAll { $0 == column }
    }
    let widths = titles.indices.map(columnWidth)
    // Where even what is left is too wide, a row's name stands on a line of its own.
    let isStacked = width.map { lineWidth(shown) > $0 } ?? false && shown.count > 2
    func lines(_ cells: [String]) -> [String] {
      guard isStacked, let first = shown.first else { return [line(cells, shown, widths)] }
      let name = first < cells.count ? cells[first] : ""
      return (name.isEmpty ? [] : [name]) + ["  " + line(cells, Array(shown.dropFirst()), widths)]
    }
    let all =
      lines(titles)
      + rows.flatMap { row in
        lines(row.cells) + row.notes.flatMap { Self.wrapped($0, indent: 4, width: width) }
      }
    return all.joined(separator: "\n")
  }

  private func columnWidth(_ column: Int) -> Int {
    rows.reduce(titles[column].count) { max($0, column < $1.cells.count ? $1.cells[column].count : 0) }
  }

  private func lineWidth(_ shown: [Int]) -> Int { shown.reduce(2 * max(shown.count - 1, 0)) { $0 + columnWidth($1) } }

  private func line(_ cells: [String], _ shown: [Int], _ widths: [Int]) -> String {
    var line = ""
    for (position, column) in shown.enumerated() {
      let cell = column < cells.count ? cells[column] : ""
      if position > 0 { line += "  " }
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      line += alignments[column] == .right ? padding + cell : cell + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// The text in lines of at most `width` columns that begin with `indent` spaces; a word that is longer than a line is not cut.
  static func wrapped(_ text: String, indent: Int, width: Int?) -> [String] {
    let margin = String(repeating: " ", count: indent)
    guard let width else { return [margin + text] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(margin + line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return lines + [margin + line]
  }

  /// Lines of sentences: those that are too long are broken between words, and go on two columns further in.
  static func fitted(_ sentences: String, width: Int?) -> String {
    guard let width else { return sentences }
    let lines = sentences.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.count > width else { return String(line) }
      let indent = line.prefix { $0 == " " }.count
      let broken = wrapped(String(line.dropFirst(indent)), indent: indent + 2, width: width)
      return String(broken.joined(separator: "\n").dropFirst(2))
    }
    return lines.joined(separator: "\n")
  }
}
