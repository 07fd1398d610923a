import AnycastPolicy
import OSPFWire

/// `check exec /path arg...`
public struct ExecCheck: Hashable, Sendable {
  /// The program and its arguments: exit status 0 passes.
  public var command: [String]

  public init(command: [String]) {
    self.command = command
  }
}

extension ExecCheck: CheckDefinition {
  var keyword: String { "exec" }
  /// A program is told the service's addresses.
  var target: CheckTarget { .serviceAddresses }
  var asksOverNetwork: Bool { false }
  var requiredPath: RequiredPath? { command.first.map { RequiredPath($0, orElse: "the program is not found") } }

  func say(in wording: inout CheckWording) {
    for word in command { wording.say(CheckKind.quoted(word)) }
  }

  func commandLines(addresses: [IPAddress]) -> [String] { [command.map(ShellWords.word).joined(separator: " ")] }

  static let readers: [String: CheckReader] = ["exec": read]

  /// Until the first option. An argument that is called like an option stands in quotes.
  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    try arguments.readQuotes()
    var command = [try arguments.absolutePath(of: "a program")]
    while let word = arguments.peek, word.isQuoted || !CheckConfiguration.options.contains(word.text) {
      command.append(try arguments.take(expecting: "an argument").text)
    }
    return .exec(ExecCheck(command: command))
  }
}
