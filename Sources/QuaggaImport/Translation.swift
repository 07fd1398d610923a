import Configuration
import Redistribution

/// A file of another program, written anew in the dialect.
struct Translation {
  /// The lines of the dialect.
  var lines: [String] = []
  /// What was left out, or means something else: sentences for the operator, with the place in the file.
  var remarks: [String] = []

  /// Writes a block.
  mutating func block(_ first: String, _ inside: [String]) {
    lines += [Self.oneLine(first)] + inside.map { " \(Self.oneLine($0))" } + ["!"]
  }

  /// Says that something is left out, or means something else.
  mutating func remark(_ path: String, _ line: Int, _ text: String) {
    remarks.append(Self.oneLine("\(path):\(line): \(text)"))
  }

  /// What another program's file has in quotes may go over several lines; nothing of it may begin a line here.
  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || ($0.unicodeScalars.first?.value ?? 0x20) < 0x20 ? " " : $0 })
  }
}

/// Files as `import` takes them: of Quagga and FRR as they are, of BIRD and of health checkers written anew.
public struct TranslatedFiles: Sendable {
  /// All of them in the dialect, in their order.
  public private(set) var files: [SourceFile] = []
  /// What was left out of those that were written anew, or means something else.
  public private(set) var remarks: [String] = []
  /// The paths of those that say what is healthy, and nothing of how it is advertised.
  public private(set) var healthCheckers: [String] = []

  /// Writes anew what is not in the dialect. What a file is, its first lines tell.
  public init(_ files: [SourceFile]) {
    for file in files {
      guard let (translation, isHealthChecker) = Self.translation(of: file) else {
        self.files.append(file)
        continue
      }
      if isHealthChecker { healthCheckers.append(file.path) }
      // Errors and notices are about lines that nobody has written; their file says so.
      self.files.append(SourceFile(path: "\(file.path) (in the dialect)", text: translation.lines.joined(separator: "\n") + "\n"))
      remarks += translation.remarks
    }
  }

  private static func translation(of file: SourceFile) -> (Translation, isHealthChecker: Bool)? {
    let text = String(decoding: file.bytes, as: UTF8.self)
    // Carriage returns are white space to all of them.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.filter { $0 != "\r" } }
    if let sections = INIFile(lines), sections.isOfAnycastHealthchecker {
      return (AnycastHealthcheckerImport.translation(of: sections, path: file.path), true)
    }
    if let calls = ExaBGPImport.calls(in: lines) { return (ExaBGPImport.translation(of: calls, path: file.path), true) }
    guard BIRDFile.isOne(lines) else { return nil }
    return (BIRDImport(BIRDFile(text), path: file.path).translation, false)
  }
}

/// The name of a service in the letters that it may have.
enum ServiceName {
  /// The name itself where it can be one, else what remains of it; `service` where that is nothing.
  static func plain(_ text: String) -> String {
    let letters = text.unicodeScalars.map { scalar -> Character in
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "._-".unicodeScalars.contains(scalar))
      return isPlain ? Character(scalar) : "-"
    }
    let name = String(letters.prefix(63))
    return name.contains { $0.isLetter } ? name : "service-\(name)".filter { $0 != ":" }
  }
}
