/// Which story is tried with which release, as the documentation has it.
struct CompatibilityTable {
  /// One release.
  struct Column: Hashable {
    var software: RouterSoftware
    var version: Peer.Version

    init(_ software: RouterSoftware, _ version: Peer.Version) {
      self.software = software
      self.version = version
    }

    var title: String { "\(software) \(version)" }
  }

  /// One story with one release.
  struct Cell: Hashable {
    var story: PeerStory
    var column: Column

    init(_ story: PeerStory, _ software: RouterSoftware, _ version: Peer.Version) {
      self.story = story
      column = Column(software, version)
    }
  }

  var columns: [Column]
  /// What was tried and did not hold.
  var failed: Set<Cell>

  private static let corner = "| tried with"

  /// The table, and under it the reasons for what is not tried.
  var text: String {
    let head = Self.corner + columns.map { " | \($0.title)" }.joined() + " |\n|---" + columns.map { _ in "|---" }.joined() + "|\n"
    let rows = PeerStory.allCases.map { story in
      "| \(story.rawValue)" + columns.map { " | \(word(story, $0))" }.joined() + " |\n"
    }
    return head + rows.joined() + reasons
  }

  private func word(_ story: PeerStory, _ column: Column) -> String {
    if story.absence(in: column.software, column.version) != nil { return "-" }
    return failed.contains(Cell(story, column.software, column.version)) ? "FAILED" : "yes"
  }

  /// A line for each release and reason.
  private var reasons: String {
    let lines = columns.flatMap { column in
      let absences = PeerStory.allCases.compactMap { story in
        story.absence(in: column.software, column.version).map { (story: story.rawValue, reason: $0) }
      }
      return Dictionary(grouping: absences, by: \.reason).sorted { $0.key < $1.key }.map { reason, absences in
        "- \(column.title): \(reason).\n" + absences.map { "  - \($0.story)\n" }.joined()
      }
    }
    return lines.isEmpty ? "" : "\nNot tried:\n\n" + lines.joined()
  }

  /// The releases that the table of a page has.
  static func columns(ofPage page: String) -> [Column] {
    guard let head = page.split(separator: "\n").first(where: { $0.hasPrefix(corner) }) else { return [] }
    return head.split(separator: "|").compactMap { title in
      let title = title.trimming { $0.isWhitespace }
      guard let software = RouterSoftware.allCases.first(where: { title.hasPrefix($0.rawValue + " ") }),
        let version = Peer.Version(endOf: title)
      else { return nil }
      return Column(software, version)
    }
  }
}

extension Substring {
  fileprivate func trimming(_ isDropped: (Character) -> Bool) -> Substring {
    var text = self
    while let first = text.first, isDropped(first) { text.removeFirst() }
    while let last = text.last, isDropped(last) { text.removeLast() }
    return text
  }
}
