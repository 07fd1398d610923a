import OSPFWire

/// An absolute URL of the schemes `http` and `https` (RFC 9110 section 4.2), without user information and fragment.
public struct HTTPURL: Hashable, Sendable {
  /// The scheme.
  public enum Scheme: String, Hashable, Sendable, CaseIterable {
    case http, https

    /// The port where the URL has none.
    public var defaultPort: UInt16 { self == .http ? 80 : 443 }
  }

  public let scheme: Scheme
  /// A name or an address, without brackets.
  public let host: String
  /// The port, where it is written.
  private let writtenPort: UInt16?
  /// Path and query.
  public let target: String

  /// Reads a URL; nil when it is none of these.
  public init?(_ text: String) {
    guard let scheme = Scheme.allCases.first(where: { text.lowercased().hasPrefix($0.rawValue + "://") }),
      text.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    let rest = text.dropFirst(scheme.rawValue.count + 3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let target = rest.dropFirst(authority.count)
    guard let (host, port) = Self.split(authority) else { return nil }
    self.scheme = scheme
    self.host = host
    writtenPort = port
    self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
  }

  /// The host's address, when it is one.
  public var address: IPAddress? { IPAddress(host) }
  /// The port to connect to.
  public var port: UInt16 { writtenPort ?? scheme.defaultPort }
  /// Host and port as a request names them, the port only where it is written.
  public var authority: String { bracketedHost + (writtenPort.map { ":\($0)" } ?? "") }
  /// Host and port, as a tunnel is asked for.
  public var authorityWithPort: String { "\(bracketedHost):\(port)" }

  private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

  /// What RFC 3986 allows; but no fragment, and no apostrophe, which is a quote in the dialect and can be written `%27`.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && !"\"#'<>\\^`{|}".utf8.contains(byte)
  }

  private static func split(_ authority: Substring) -> (host: String, port: UInt16?)? {
    var host = authority
    var port: UInt16?
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits), number > 0 else { return nil }
      host = authority[..<colon]
      port = number
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard case .v6 = IPAddress(String(host)) else { return nil }
    } else {
      guard isName(host) else { return nil }
    }
    return (String(host), port)
  }

  /// A domain name, or an IPv4 address.
  private static func isName(_ host: Substring) -> Bool {
    let labels = (host.hasSuffix(".") ? host.dropLast() : host).split(separator: ".", omittingEmptySubsequences: false)
    return host.utf8.count <= 254 && labels.allSatisfy { (1...63).contains($0.utf8.count) }
      && host.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
      }
  }
}

extension HTTPURL: CustomStringConvertible {
  /// The URL. Reading it gives an equal one.
  public var description: String { "\(scheme.rawValue)://\(authority)\(target)" }
}
