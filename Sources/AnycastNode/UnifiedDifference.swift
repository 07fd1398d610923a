/// The difference between two texts as diff -u prints it, without the names of files.
enum UnifiedDifference {
  /// How many unchanged lines are shown around changed ones.
  private static let context = 3

  private struct Line {
    var mark: Character
    var text: Substring
    /// How many lines of the old and the new text come before it.
    var old: Int
    var new: Int
  }

  /// The lines: `@@ -12,7 +12,8 @@`, then each with ` `, `-` or `+` before it. None when the texts are the same.
  static func lines(from old: [Substring], to new: [Substring]) -> [String] {
    let lines = marked(old, new)
    let shown = lines.indices.filter { lines[$0].mark != " " }.reduce(into: [Range<Int>]()) { hunks, position in
      let hunk = max(0, position - context)..<min(lines.count, position + context + 1)
      guard let last = hunks.last, last.upperBound >= hunk.lowerBound else { return hunks.append(hunk) }
      hunks[hunks.count - 1] = last.lowerBound..<hunk.upperBound
    }
    return shown.flatMap { hunk in [header(lines[hunk])] + lines[hunk].map { "\($0.mark)\($0.text)" } }
  }

  private static func marked(_ old: [Substring], _ new: [Substring]) -> [Line] {
    let difference = new.difference(from: old)
    let removed = Set(difference.removals.map(offset))
    let inserted = Set(difference.insertions.map(offset))
    var lines: [Line] = []
    var (oldPosition, newPosition) = (0, 0)
    while oldPosition < old.count || newPosition < new.count {
      let isRemoved = removed.contains(oldPosition)
      let isInserted = !isRemoved && inserted.contains(newPosition)
      lines.append(
        Line(
          mark: isRemoved ? "-" : isInserted ? "+" : " ", text: isInserted ? new[newPosition] : old[oldPosition],
          old: oldPosition, new: newPosition))
      if !isInserted { oldPosition += 1 }
      if !isRemoved { newPosition += 1 }
    }
    return lines
  }

  private static func offset(_ change: CollectionDifference<Substring>.Change) -> Int {
    switch change {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }

  private static func header(_ lines: ArraySlice<Line>) -> String {
    guard let first = lines.first else { return "" }
    return "@@ -\(range(first.old, lines.count { $0.mark != "+" })) +\(range(first.new, lines.count { $0.mark != "-" })) @@"
  }

  /// An empty range is named by the line before it.
  private static func range(_ start: Int, _ count: Int) -> String { "\(count == 0 ? start : start + 1),\(count)" }
}
