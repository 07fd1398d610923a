import Configuration

/// Checks that names suggest. Only words that say plainly what a service is are taken for hints.
enum CheckSuggestion {
  private static let words: [(hints: Set<String>, check: String)] = [
    (["dns", "nameserver", "named", "resolver", "resolvers", "recursor", "unbound"], "dns name www.example.net type A"),
    (["radius", "freeradius"], "radius secret CHANGE-ME"),
    (["ntp", "chrony"], "ntp"),
    (["syslog", "rsyslog"], "syslog send port 514 receive 127.0.0.1:5514"),
    (["https"], "https https://www.example.net/"),
    (["http", "web", "www", "nginx", "apache"], "http http://www.example.net/"),
    (["proxy", "squid"], "http http://www.example.net/ proxy http://proxy.example.net:3128"),
    (["ldap"], "tcp port 389"),
    (["smtp"], "tcp port 25"),
  ]

  /// The arguments of `check` lines that texts hint at, each once.
  static func checks(hintedAtBy texts: [String]) -> [String] {
    let found = Set(texts.flatMap(words(of:)))
    return words.filter { !$0.hints.isDisjoint(with: found) }.map(\.check)
  }

  /// The words of a name or a remark, in lower case, without the numbers at their ends: `ANYCAST-DNS2` has `anycast` and `dns`.
  private static func words(of text: String) -> [String] {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.map { word in
      String(word.reversed().drop(while: \.isNumber).reversed())
    }
  }
}
