/// How far two words are apart: insertions, deletions, substitutions, and transpositions of neighbors.
public enum EditDistance {
  /// Words longer than this are not compared: no keyword is, and the cost grows with the product of the lengths.
  static let longestWord = 64

  /// The number of edits that turn one word into the other.
  public static func between(_ left: some StringProtocol, and right: some StringProtocol) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var best = min(previous[column + 1], current[column]) + 1
        best = min(best, previous[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
  }

  /// The candidate nearest to `word`, the alphabetically first of several; nil when there is none within `limit` edits, or the word
  /// is absurdly long.
  public static func nearest(to word: String, among candidates: some Sequence<String>, within limit: Int = .max) -> String? {
    guard word.utf8.count <= longestWord else { return nil }
    let best = candidates.map { (distance: between(word, and: $0), word: $0) }.min { $0 < $1 }
    return best.flatMap { $0.distance <= limit ? $0.word : nil }
  }
}
