import Configuration
import OSPFProtocol
import OSPFWire

/// ExaBGP's healthcheck, which announces addresses over BGP as long as a command succeeds: its own configuration files of `option = value`
/// lines, and the calls with options in exabgp.conf. Its checks become ours; BGP is left.
enum ExaBGPImport {
  /// One healthcheck: its options by their long names, each with its line.
  typealias Call = [(name: String, value: String, line: Int)]

  private static let known: Set<String> = [
    "name", "ip", "cmd", "command", "interval", "fast-interval", "timeout", "rise", "fall", "disable", "up-metric", "down-metric",
    "disabled-metric", "no-ip-setup", "withdraw-on-down", "next-hop", "increase", "start-ip", "local-preference", "community",
    "extended-community", "large-community", "as-path", "execute", "up-execute", "down-execute", "disabled-execute", "label",
    "label-exact-match", "dynamic-ip-setup", "no-ack", "debounce", "neighbor", "path-id", "silent", "syslog-facility",
    "no-syslog",
    "pid", "user", "group", "debug", "sudo", "ip-ifname",
  ]

  private static let short = [
    "n": "name", "i": "interval", "f": "fast-interval", "t": "timeout", "d": "debug", "s": "silent", "p": "pid",
  ]

  /// The healthchecks of a file; nil when it is none of ExaBGP's.
  static func calls(in lines: [String]) -> [Call]? {
    let calls = lines.enumerated().filter { $0.element.contains("healthcheck") && $0.element.contains("exabgp") }
    let significant = lines.map(INIFile.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") }
    let commands = calls.filter { INIFile.trimmed($0.element).hasPrefix("run ") }
    if !commands.isEmpty { return commands.map { arguments(of: $0.element, line: $0.offset + 1) } }
    let options = lines.enumerated().compactMap { index, line -> (name: String, value: String, line: Int)? in
      let text = INIFile.trimmed(line)
      guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
      let parts = text.split(separator: "=", maxSplits: 1).map { INIFile.trimmed(String($0)) }
      return (parts.first ?? "", parts.dropFirst().first ?? "", index + 1)
    }
    let isOne =
      !significant.isEmpty && options.count == significant.count && options.allSatisfy { known.contains($0.name) }
      && options.contains { $0.name == "command" || $0.name == "cmd" }
    return isOne ? [options] : nil
  }

  /// `run python -m exabgp healthcheck --cmd "..." --ip A;`
  private static func arguments(of line: String, line number: Int) -> Call {
    var words = shellWords(INIFile.trimmed(line).filter { $0 != ";" })[...]
    while let word = words.first, word != "healthcheck" { words = words.dropFirst() }
    words = words.dropFirst()
    var call: Call = []
    while let word = words.popFirst() {
      guard word.hasPrefix("-") else { continue }
      let text = word.drop { $0 == "-" }
      if let equals = text.firstIndex(of: "=") {
        call.append((String(text[..<equals]), String(text[text.index(after: equals)...]), number))
        continue
      }
      let name = word.hasPrefix("--") ? String(text) : short[String(text)] ?? String(text)
      let hasValue = words.first.map { !$0.hasPrefix("-") } ?? false
      call.append((name, hasValue ? words.removeFirst() : "", number))
    }
    return call
  }

  private static func shellWords(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  static func translation(of calls: [Call], path: String) -> Translation {
    var translation = Translation()
    for call in calls { service(call, path, &translation) }
    translation.remark(
      path, calls.first?.first?.line ?? 1, "BGP is left: the addresses are advertised over OSPF, with its metrics")
    return translation
  }

  private static func service(_ call: Call, _ path: String, _ translation: inout Translation) {
    let value = { (names: String...) in call.last { names.contains($0.name) } }
    let name = ServiceName.plain(value("name")?.value ?? "healthcheck")
    let prefixes = call.filter { $0.name == "ip" }.flatMap { option in
      option.value.split { $0 == "," || $0 == " " }.compactMap { text in
        IPPrefix(text.contains("/") ? String(text) : "\(text)\(text.contains(":") ? "/128" : "/32")")
      }
    }
    guard !prefixes.isEmpty else {
      return translation.remark(
        path, call.first?.line ?? 1,
        "healthcheck \(name) names no 'ip': it takes those of the loopback; add them to a service by hand")
    }
    var lines = prefixes.map { "address \($0)" }
    // ExaBGP puts the addresses on the loopback unless it is told not to.
    let sets = value("no-ip-setup") == nil
    lines.append("address-mode \(sets ? (value("dynamic-ip-setup") == nil ? "always" : "healthy") : "present")")
    if let command = value("command", "cmd"), !command.value.isEmpty {
      var timing = CheckTiming(interval: 5_000, timeout: 5_000, rise: 3, fall: 3)
      if let text = value("interval")?.value, let decimal = Decimal(text) { timing.interval = decimal.thousandths }
      if let text = value("timeout")?.value, let decimal = Decimal(text) { timing.timeout = decimal.thousandths }
      if let text = value("rise")?.value, let number = Int(text) { timing.rise = number }
      if let text = value("fall")?.value, let number = Int(text) { timing.fall = number }
      lines.append("check exec \(CheckTiming.command(command.value)) \(timing.text)")
    }
    if let file = value("disable"), !file.value.isEmpty { lines.append("check file \(CheckKind.quoted(file.value)) absent") }
    translation.block("anycast service \(name)", lines)
    let leftOut = call.map(\.name).filter {
      ![
        "name", "ip", "cmd", "command", "interval", "timeout", "rise", "fall", "disable",
        "no-ip-setup", "dynamic-ip-setup", "withdraw-on-down", "debug", "silent", "no-syslog",
      ].contains($0)
    }
    if !leftOut.isEmpty {
      translation.remark(path, call.first?.line ?? 1, "left out of \(name): \(leftOut.map { "'\($0)'" }.joined(separator: ", "))")
    }
  }
}
