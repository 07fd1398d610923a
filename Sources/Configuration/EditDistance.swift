/// How far two words are apart: insertions, deletions, substitutions, and transpositions of neighbors.
enum EditDistance {
  /// Words longer than this are not compared: no keyword is, and the cost grows with the product of the lengths.
  static let longestWord = 64

  /// The number of edits that turn one word into the other.
  static func between(_ left: some StringProtocol, and right: some StringProtocol) -> Int {
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

  /// The candidate nearest to `word`, the alphabetically first of several; nil when there is none or the word is absurdly long.
  static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= longestWord else { return nil }
    return candidates.map { (distance: between(word, and: $0), word: $0) }.min { $0 < $1 }?.word
  }
}
