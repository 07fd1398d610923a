import ArgumentParser

@testable import anycast_ospfd
@testable import anycastctl

/// A command line in the documentation: does what it names exist?
struct CommandLine {
  let words: [String]

  /// The command lines of this project in a line of shell: what begins with one of our programs, up to the next `|`, `;` or `&`.
  static func all(inShell line: String) -> [CommandLine] {
    split(line).compactMap { words in
      guard let start = words.firstIndex(where: isOurs) else { return nil }
      return CommandLine(words: Array(words[start...]))
    }
  }

  private static func isOurs(_ word: String) -> Bool {
    word == "anycast-ospfd" || word == "anycastctl" || word.hasPrefix("scripts/") || word.hasPrefix("./scripts/")
  }

  /// The words of each command of a line: quotes are taken away, and so is a comment.
  private static func split(_ line: String) -> [[String]] {
    var commands: [[String]] = [[]]
    var word: String?
    var quote: Character?
    func end() {
      if let finished = word { commands[commands.count - 1].append(finished) }
      word = nil
    }
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
        continue
      }
      switch character {
      case "\"", "'":
        quote = character
        word = word ?? ""
      case " ", "\t": end()
      case "#" where word == nil: return commands
      case "|", ";", "&", ">", "<":
        end()
        commands.append([])
      default: word = (word ?? "") + String(character)
      }
    }
    end()
    return commands
  }

  /// What is wrong with it; nil when nothing is. `isPattern` says that it shows a syntax: what is optional stands in brackets.
  func complaint(isPattern: Bool) -> String? {
    guard let program = words.first else { return nil }
    let arguments = Array(words.dropFirst())
    switch program {
    case "anycast-ospfd": return isPattern ? unknown(in: AnycastOSPFD.self) : refusal(AnycastOSPFD.self, arguments)
    case "anycastctl": return isPattern ? unknown(in: AnycastCtl.self) : refusal(AnycastCtl.self, arguments)
    default: return scriptComplaint(program.hasPrefix("./") ? String(program.dropFirst(2)) : program, arguments)
    }
  }

  private func refusal<Root: ParsableCommand>(_ root: Root.Type, _ arguments: [String]) -> String? {
    do {
      _ = try root.parseAsRoot(arguments)
      return nil
    } catch {
      return root.exitCode(for: error) == .success ? nil : root.fullMessage(for: error)
    }
  }

  /// The commands and options that it names and that do not exist.
  private func unknown(in root: any ParsableCommand.Type) -> String? {
    var help = ""
    var level: any ParsableCommand.Type = root
    for word in words.dropFirst() {
      if let next = level.configuration.subcommands.first(where: { $0._commandName == word }) {
        level = next
        help += " " + Self.help(of: next)
      } else if word.first?.isLowercase == true, help.isEmpty, !word.contains("=") {
        return "there is no command \(word)"
      } else if let option = word.firstMatch(of: #/^\[?(--[a-z][a-z-]*)/#)?.1, !["--help", "--version"].contains(option),
        !help.contains(option), !Self.help(of: root).contains(option)
      {
        return "there is no option \(option)"
      }
    }
    return nil
  }

  private static func help(of command: any ParsableCommand.Type) -> String { command.helpMessage(includeHidden: true) }

  private func scriptComplaint(_ path: String, _ arguments: [String]) -> String? {
    guard Checkout.exists(path) else { return "there is no \(path)" }
    let script = Checkout.read(path)
    for word in arguments {
      guard let option = word.firstMatch(of: #/^\[?(--[a-z][a-z-]*)/#)?.1 else { continue }
      guard script.isEmpty || script.contains(option) else { return "\(path) knows no option \(option)" }
    }
    return nil
  }
}
