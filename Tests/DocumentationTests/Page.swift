import FoundationEssentials

/// A page of the documentation, taken apart as far as the tests look at it.
struct Page: CustomStringConvertible {
  /// The path in the checkout.
  let path: String
  let text: String

  var description: String { path }

  /// A piece of a page and the line that it begins on.
  struct Piece {
    var line: Int
    var text: String
  }

  /// A fenced block: the word after the fence, and what is inside.
  struct Block {
    var line: Int
    var language: String
    var lines: [String]
  }

  /// The fenced blocks.
  private(set) var blocks: [Block] = []
  /// What stands between backquotes in running text.
  private(set) var spans: [Piece] = []
  /// The targets of links and of DocC's references.
  private(set) var links: [Piece] = []
  /// What the headings are called in links to them.
  private(set) var anchors: Set<String> = []

  init(path: String, text: String) {
    self.path = path
    self.text = text
    var open: Block?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let content = line.drop { $0 == " " }
      if content.hasPrefix("```") {
        if let block = open {
          blocks.append(block)
          open = nil
        } else {
          open = Block(line: index + 1, language: String(content.dropFirst(3)), lines: [])
        }
      } else if open != nil {
        open?.lines.append(String(line))
      } else {
        read(running: line, number: index + 1)
      }
    }
  }

  private mutating func read(running line: Substring, number: Int) {
    if line.hasPrefix("#") {
      let title = line.drop { $0 == "#" || $0 == " " }.lowercased()
      anchors.insert(
        String(title.compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : nil }))
    }
    let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
    for (index, piece) in pieces.enumerated() where !index.isMultiple(of: 2) && !piece.isEmpty {
      spans.append(Piece(line: number, text: String(piece.replacing("\\|", with: "|"))))
    }
    for match in line.matches(of: #/\]\(([^)]+)\)|<(doc:[^>]+)>/#) {
      if let target = match.1 ?? match.2 { links.append(Piece(line: number, text: String(target))) }
    }
  }
}

/// The pages and examples of the checkout that the tests were built from.
enum Checkout {
  static let root: String = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + "/" + path) }

  static func read(_ path: String) -> String {
    (try? String(contentsOfFile: root + "/" + path, encoding: .utf8)) ?? ""
  }

  static func entries(_ directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: root + "/" + directory)) ?? []).sorted()
  }

  /// The paths of everything in Sources.
  static let sources: [String] = files(below: "Sources")

  /// The paths of everything in Tests.
  static let tests: [String] = files(below: "Tests")

  private static func files(below directory: String) -> [String] {
    entries(directory).flatMap { entry in
      entry.contains(".") && !entry.hasSuffix(".docc") ? [directory + "/" + entry] : files(below: directory + "/" + entry)
    }
  }

  /// Everything that is written for people.
  static let pages: [Page] = {
    let articles = entries("Sources").flatMap { module in
      entries("Sources/\(module)").filter { $0.hasSuffix(".docc") }.flatMap { folder in
        entries("Sources/\(module)/\(folder)").filter { $0.hasSuffix(".md") }.map { "Sources/\(module)/\(folder)/\($0)" }
      }
    }
    return (["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "captures/README.md"] + articles).map {
      Page(path: $0, text: read($0))
    }
  }()
}
