import LabHarness

/// One line of the input.
enum LabCommand {
  /// One end of a cable.
  struct End {
    var host: String
    var device: String
    /// With the lengths of their prefixes.
    var addresses: [String]
  }

  case hosts([String], forward: Bool)
  case link([End])
  case lan(String, [End])
  case ip(String, [String])
  case frr(String, daemons: [String], programs: String?)
  case bird(String, arguments: [String], programs: String?)
  case daemon(String, files: [String], programs: String?)
  case dns(String)
  case stop(String)
  case remove
  case end
  /// An empty line or a comment.
  case nothing

  /// What each command looks like, and what it does.
  private static let forms: [(form: String, meaning: String)] = [
    ("host NAME...", "adds hosts"),
    ("router NAME...", "adds hosts that forward packets"),
    ("link HOST DEVICE [ADDRESS...] HOST DEVICE [ADDRESS...]", "lays a cable; an ADDRESS has the length of its prefix"),
    ("lan NAME HOST DEVICE [ADDRESS...]...", "adds a switch, and lays a cable to each of these hosts"),
    ("ip HOST ARGUMENT...", "ip(8) on a host"),
    ("frr HOST DAEMON... [from DIRECTORY]", "starts daemons of FRR, each with DAEMON.conf (zebra without one)"),
    ("bird HOST [ARGUMENT...] [from DIRECTORY]", "starts BIRD with bird.conf"),
    ("daemon HOST FILE... [from DIRECTORY]", "starts anycast-ospfd with these configurations"),
    ("dns HOST", "starts unbound on all addresses, which knows www.example.net and is called HOST"),
    ("stop HOST", "kills all that runs on a host"),
    ("remove", "removes the hosts and their files; others may follow"),
    ("end", "is the end of the input"),
  ]

  /// All commands, for people.
  static var table: String {
    forms.map { "  \($0.form)\n      \($0.meaning)\n" }.joined()
  }

  init(_ line: String) throws(LabError) {
    var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let name = words.first, !name.hasPrefix("#") else {
      self = .nothing
      return
    }
    words.removeFirst()
    guard let form = Self.forms.map(\.form).first(where: { $0.split(separator: " ").first.map(String.init) == name }) else {
      let names = Self.forms.compactMap { $0.form.split(separator: " ").first }.joined(separator: ", ")
      throw LabError("there is no command '\(name)'; expected one of \(names)")
    }
    guard let command = Self.command(name, words) else { throw LabError("expected '\(form)'") }
    self = command
  }

  private static func command(_ name: String, _ words: [String]) -> LabCommand? {
    let host = words.first
    let (rest, programs) = withPrograms(Array(words.dropFirst()))
    switch (name, host) {
    case ("remove", nil): return .remove
    case ("end", nil): return .end
    case ("host", _?), ("router", _?): return words.allSatisfy(isName) ? .hosts(words, forward: name == "router") : nil
    case ("link", _): return ends(words).flatMap { $0.count == 2 ? .link($0) : nil }
    case ("lan", let lan?): return ends(words.dropFirst()).flatMap { isName(lan) && !$0.isEmpty ? .lan(lan, $0) : nil }
    case ("ip", let host?): return words.count > 1 ? .ip(host, Array(words.dropFirst())) : nil
    case ("frr", let host?): return rest.isEmpty ? nil : .frr(host, daemons: rest, programs: programs)
    case ("bird", let host?): return .bird(host, arguments: rest, programs: programs)
    case ("daemon", let host?): return rest.isEmpty ? nil : .daemon(host, files: rest, programs: programs)
    case ("dns", let host?): return words.count == 1 ? .dns(host) : nil
    case ("stop", let host?): return words.count == 1 ? .stop(host) : nil
    default: return nil
    }
  }

  /// Part of the names of a namespace and of a directory.
  private static func isName(_ word: String) -> Bool {
    word.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9_-]*/#) != nil
  }

  /// The words before `from DIRECTORY`, and the directory.
  private static func withPrograms(_ words: [String]) -> ([String], String?) {
    guard words.count >= 2, words[words.count - 2] == "from" else { return (words, nil) }
    return (Array(words.dropLast(2)), words.last)
  }

  /// A host, a device, and as many addresses as follow, which have a slash; nil where that is not so.
  private static func ends(_ words: some Sequence<String>) -> [End]? {
    var ends: [End] = []
    var host: String?
    for word in words {
      if word.contains("/") {
        guard host == nil, !ends.isEmpty else { return nil }
        ends[ends.count - 1].addresses.append(word)
      } else if let name = host {
        ends.append(End(host: name, device: word, addresses: []))
        host = nil
      } else {
        host = word
      }
    }
    return host == nil ? ends : nil
  }
}
