import AnycastPolicy
import OSPFWire

/// `check file PATH exists|absent`
public struct FileCheck: Hashable, Sendable {
  public var path: String
  /// What is wanted of the file, as that by which people take a server out of service.
  public var condition: Condition

  public enum Condition: String, Hashable, Sendable, CaseIterable {
    case exists, absent
  }

  public init(path: String, condition: Condition) {
    self.path = path
    self.condition = condition
  }
}

extension FileCheck: CheckDefinition {
  var keyword: String { "file" }
  var requiredPath: RequiredPath? {
    RequiredPath(path, orElse: condition == .absent ? "the check passes always" : "the check never passes")
  }

  func say(in wording: inout CheckWording) {
    wording.say(CheckKind.quoted(path))
    wording.say(condition.rawValue)
  }

  func commandLines(addresses: [IPAddress]) -> [String] { ["ls -l \(ShellWords.word(path))"] }

  static let readers: [String: CheckReader] = ["file": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    try arguments.readQuotes()
    let path = try arguments.absolutePath(of: "a file")
    return .file(FileCheck(path: path, condition: try arguments.choice(Condition.self)))
  }
}
