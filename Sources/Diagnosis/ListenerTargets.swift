import ControlAPI
import OSPFWire

extension ServiceDiagnosis {
  /// The ports that a check probes on the service's addresses, read from its words: `dns name N type T port 5353`. A check that names the
  /// server that it asks is about somebody else's address, and what has no port listens on none.
  static func targets(of check: CheckReport) -> [Target] {
    let words = CheckWords(check.summary)
    let port = words.value(after: "port").flatMap(UInt16.init)
    switch check.kind {
    case "tcp":
      // `tcp ADDRESS port N`
      guard words.all.dropFirst().first == "port" else { return [] }
      return words.values(after: "port").compactMap(UInt16.init).map { Target(transport: .tcp, port: $0) }
    case "syslog":
      // `send ADDRESS:PORT`
      guard words.all.dropFirst().prefix(2) == ["send", "port"], let port else { return [] }
      return [Target(transport: words.value(after: "transport") == "tcp" ? .tcp : .udp, port: port)]
    case _ where words.value(after: "server") != nil: return []
    case "dns":
      let transports: [HostFacts.Transport] =
        switch words.value(after: "transport") {
        case "tcp"?: [.tcp]
        case "both"?: [.udp, .tcp]
        default: [.udp]
        }
      return transports.map { Target(transport: $0, port: port ?? 53) }
    case "http", "https":
      return (words.value(after: "proxy") ?? words.all.dropFirst().first).flatMap(portOfName).map {
        [Target(transport: .tcp, port: $0)]
      } ?? []
    case "ntp": return [Target(transport: .udp, port: port ?? 123)]
    case "radius": return [Target(transport: .udp, port: port ?? 1812)]
    default: return []
    }
  }

  /// The port of a URL, unless its host is an address, which is the one that is connected to.
  private static func portOfName(_ url: String) -> UInt16? {
    let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].isEmpty else { return nil }
    let authority = parts[2].prefix { $0 != "/" && $0 != "?" }.split(separator: ":", omittingEmptySubsequences: false)
    guard let host = authority.first, !host.hasPrefix("["), IPAddress(host) == nil else { return nil }
    guard let written = authority.dropFirst().first else { return parts[0] == "https:" ? 443 : 80 }
    return UInt16(written)
  }
}

/// The words of a check, with what stands in quotes taken as one word that is no option.
struct CheckWords {
  /// Each word; those in quotes without them.
  private(set) var all: [String] = []
  /// Whether a word was in quotes.
  private var isQuoted: [Bool] = []

  init(_ text: String) {
    var word = ""
    var quoted = false
    var isInside = false
    var isEscaped = false
    for character in text + " " {
      switch character {
      case _ where isEscaped:
        word.append(character)
        isEscaped = false
      case "\\" where isInside: isEscaped = true
      case "\"":
        isInside.toggle()
        quoted = true
      case " " where !isInside:
        if !word.isEmpty || quoted {
          all.append(word)
          isQuoted.append(quoted)
        }
        (word, quoted) = ("", false)
      default: word.append(character)
      }
    }
  }

  /// What stands behind each occurrence of an option.
  func values(after option: String) -> [String] {
    all.indices.dropLast().filter { all[$0] == option && !isQuoted[$0] }.map { all[$0 + 1] }
  }

  /// What stands behind an option.
  func value(after option: String) -> String? { values(after: option).first }
}
