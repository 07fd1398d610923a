import CLinux

/// The addresses of a name, as this host resolves it.
enum NameLookup {
  /// Room for more addresses than any anycast name has.
  private static let capacity = 4096

  /// The IPv4 and IPv6 addresses of a name, in text form, each once; none when it does not exist or cannot be resolved.
  static func lookUp(_ name: String) -> [String] {
    var text = [UInt8](repeating: 0, count: capacity)
    clinux_look_up_host(name, &text, text.count)
    var addresses: [String] = []
    for line in String(decoding: text.prefix { $0 != 0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    where !addresses.contains(line) {
      addresses.append(line)
    }
    return addresses
  }
}
