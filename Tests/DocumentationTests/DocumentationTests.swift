import Configuration
import ControlAPI
import Testing

@Suite("The documentation says what is so")
struct DocumentationTests {
  /// What a fenced block may be: our dialect, command lines, their output, and languages that are not ours.
  private static let languages: Set = [
    "conf", "sh", "console", "text", "router", "bird", "nft", "json", "yaml", "ini", "swift", "dockerfile", "promql",
  ]

  private static func complaint(aboutConfiguration text: String, named path: String) -> String? {
    do {
      _ = try Configuration.parse([SourceFile(path: path, text: text)])
      return nil
    } catch {
      return error.errors.map { "\($0)" }.joined(separator: "\n")
    }
  }

  @Test("Every block says what it is", arguments: Checkout.pages)
  func languages(page: Page) {
    for block in page.blocks {
      #expect(Self.languages.contains(block.language), "\(page.path):\(block.line): '\(block.language)'")
    }
  }

  @Test("Every configuration parses", arguments: Checkout.pages)
  func configurations(page: Page) {
    for block in page.blocks where block.language == "conf" {
      let complaint = Self.complaint(aboutConfiguration: block.lines.joined(separator: "\n"), named: page.path)
      #expect(complaint == nil, "\(page.path):\(block.line)")
    }
  }

  @Test("Every command line is one that the programs and scripts take", arguments: Checkout.pages)
  func commands(page: Page) {
    for block in page.blocks {
      for (index, line) in block.lines.enumerated() {
        let shell: Substring? =
          switch block.language {
          case "sh": line[...]
          case "console": line.hasPrefix("$ ") ? line.dropFirst(2) : nil
          default: nil
          }
        for command in shell.map({ CommandLine.all(inShell: String($0)) }) ?? [] {
          #expect(command.complaint(isPattern: false) == nil, "\(page.path):\(block.line + index + 1): \(line)")
        }
      }
    }
  }

  @Test("Every command that the text names exists, with the options that it names", arguments: Checkout.pages)
  func namedCommands(page: Page) {
    for span in page.spans where span.text.contains(" ") || span.text.hasPrefix("scripts/") {
      let words = span.text.split { " |".contains($0) }.map(String.init)
      guard let first = words.first, first == "anycast-ospfd" || first == "anycastctl" || first.hasPrefix("scripts/") else {
        continue
      }
      #expect(CommandLine(words: words).complaint(isPattern: true) == nil, "\(page.path):\(span.line): \(span.text)")
    }
  }

  @Test("Every link leads somewhere", arguments: Checkout.pages)
  func links(page: Page) {
    let folder = page.path.split(separator: "/").dropLast()
    for link in page.links where !link.text.contains("://") {
      if link.text.hasPrefix("doc:") {
        let target = (folder + ["\(link.text.dropFirst(4)).md"]).joined(separator: "/")
        #expect(Checkout.exists(target), "\(page.path):\(link.line): \(link.text)")
        continue
      }
      let parts = link.text.split(separator: "#", omittingEmptySubsequences: false)
      let target = Self.resolve(parts[0], in: folder, ownPath: page.path)
      #expect(Checkout.exists(target), "\(page.path):\(link.line): \(link.text)")
      if parts.count > 1, let anchors = Checkout.pages.first(where: { $0.path == target })?.anchors {
        #expect(anchors.contains(parts[1].lowercased()), "\(page.path):\(link.line): \(link.text)")
      }
    }
  }

  private static func resolve(_ path: Substring, in folder: ArraySlice<Substring>, ownPath: String) -> String {
    guard !path.isEmpty else { return ownPath }
    var parts = Array(folder)
    for part in path.split(separator: "/") {
      switch part {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  @Test("The README is one page")
  func readme() {
    #expect(Checkout.read("README.md").split { $0.isWhitespace }.count <= 900)
  }

  // MARK: - What the package brings

  @Test(
    "Every example parses",
    arguments: Checkout.entries("scripts/package/examples").filter { $0.hasSuffix(".conf") })
  func examples(name: String) {
    let path = "scripts/package/examples/\(name)"
    #expect(Self.complaint(aboutConfiguration: Checkout.read(path), named: path) == nil)
  }

  @Test("The files of the example of Quagga parse together")
  func quaggaExample() throws {
    let files = ["zebra.conf", "ospfd.conf"].map { name in
      SourceFile(path: name, text: Checkout.read("scripts/package/examples/quagga/\(name)"))
    }
    #expect(try Configuration.parse(files).configuration.ospf != nil)
  }

  @Test("The installed configuration does nothing, and parses when its comment signs are taken away")
  func installedConfiguration() throws {
    let path = "scripts/package/anycast-ospfd.conf"
    let text = Checkout.read(path)
    let asInstalled = try Configuration.parse([SourceFile(path: path, text: text)]).configuration
    #expect(asInstalled.ospf == nil && asInstalled.services.isEmpty)
    var isExample = false
    let example = text.split(separator: "\n").compactMap { line -> String? in
      if line.wholeMatch(of: #/!(interface|router|anycast) .*/#) != nil {
        isExample = true
      } else if line == "!" {
        isExample = false
      }
      return isExample && !line.hasPrefix("! ..") ? String(line.dropFirst()) : nil
    }
    let used = try Configuration.parse([SourceFile(path: path, text: example.joined(separator: "\n"))]).configuration
    #expect(used.ospf != nil && used.services.count == 1)
  }

  @Test("The version of the programs is the newest release of the changelog")
  func version() throws {
    let releases = Checkout.read("CHANGELOG.md").split(separator: "\n").filter {
      $0.hasPrefix("## ") && $0.last?.isNumber == true
    }
    #expect(releases.first == "## \(ProductVersion.current)")
  }
}
