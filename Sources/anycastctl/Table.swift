/// Text in aligned columns.
struct Table {
  /// How a column is aligned.
  enum Alignment {
    case left
    case right
  }

  private var titles: [String]
  private var alignments: [Alignment]
  private var rows: [[String]] = []

  /// Makes a table of columns; a title that begins with `>` is of a column that is aligned to the right.
  init(_ titles: String...) {
    alignments = titles.map { $0.hasPrefix(">") ? .right : .left }
    self.titles = titles.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
  }

  /// Appends a row; missing cells are empty.
  mutating func add(_ cells: String...) { rows.append(cells) }

  /// The text, without a line feed at its end.
  var text: String {
    let lines = [titles] + rows
    let widths = titles.indices.map { column in lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return lines.map { line($0, widths: widths) }.joined(separator: "\n")
  }

  private func line(_ cells: [String], widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() where column < widths.count {
      if column > 0 { line += "  " }
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      line += alignments[column] == .right ? padding + cell : cell + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
