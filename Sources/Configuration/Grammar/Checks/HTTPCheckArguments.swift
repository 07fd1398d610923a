import AnycastPolicy
import OSPFWire

extension CheckArguments {
  /// `http URL ...`; a URL of the scheme `https` makes it `https URL ...`.
  static let http: KindReader = { arguments throws(ConfigurationError) in
    try readHTTP(&arguments, "a URL, as 'http://www.example.net/health'") { _ in true }
  }

  /// `https URL ...`
  static let https: KindReader = { arguments throws(ConfigurationError) in
    try readHTTP(&arguments, "a URL that begins with 'https://'") { $0 == .https }
  }

  /// `URL [server A] [method M] [header "Name: value"]... [status N[-N]] [body TEXT] [proxy URL] [ca FILE] [insecure]`, the
  /// options in any order.
  private static func readHTTP(
    _ arguments: inout Arguments, _ expected: String, isAllowed: (HTTPURL.Scheme) -> Bool
  ) throws(ConfigurationError) -> CheckKind {
    try arguments.readQuotes()
    let url = try arguments.value(expected) { text in HTTPURL(text).flatMap { isAllowed($0.scheme) ? $0 : nil } }
    var check = HTTPCheck(url: url)
    let options = ["server", "method", "header", "status", "body", "proxy", "ca", "insecure"]
    while let option = try nextOption(&arguments, of: options) {
      switch option {
      case "server": check.server = try arguments.ipAddress()
      case "method": check.method = try arguments.choice(HTTPCheck.Method.self)
      case "header": check.headers.append(try header(&arguments))
      case "status": check.status = try status(&arguments)
      case "body": check.body = try arguments.value("a text that the page contains") { $0.isEmpty ? nil : $0 }
      case "proxy": check.proxy = try proxy(&arguments)
      case "ca": check.trust = .authority(file: try absolutePath("a file of certificates", &arguments))
      default: check.trust = .anybody
      }
    }
    guard check.trust == .system || url.scheme == .https else {
      throw arguments.conflict("'ca' and 'insecure' are about certificates, which '\(url)' has none of")
    }
    if check.method == .head, check.body != nil {
      throw arguments.conflict("the answer to a request with the method HEAD has no content for 'body' to be in")
    }
    return .http(check)
  }

  /// `"Name: value"`. The fields that say how long the content is, or how the connection goes on, are the probe's own.
  private static func header(_ arguments: inout Arguments) throws(ConfigurationError) -> HTTPCheck.Header {
    let word = arguments.peek
    let header = try arguments.value("a header field in quotes, as \"Accept: text/html\"") { text -> HTTPCheck.Header? in
      guard let colon = text.firstIndex(of: ":") else { return nil }
      let name = text[..<colon]
      guard !name.isEmpty, name.utf8.allSatisfy(isTokenCharacter),
        text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 })
      else { return nil }
      let value = text[text.index(after: colon)...].drop { $0 == " " }
      return HTTPCheck.Header(name: String(name), value: String(value))
    }
    guard !["connection", "content-length", "transfer-encoding", "upgrade"].contains(header.name.lowercased()) else {
      throw arguments.conflict("the probe says '\(header.name)' itself", at: word)
    }
    try requireShown(header.value, at: word, arguments)
    return header
  }

  /// RFC 9110 section 5.6.2
  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  /// `200` or `200-299`
  private static func status(_ arguments: inout Arguments) throws(ConfigurationError) -> ClosedRange<Int> {
    try arguments.value("a status code or a range of them, as '200-299'") { text in
      let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { word in
        word.utf8.count == 3 && word.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(word) ?? 0 : 0
      }
      guard (1...2).contains(bounds.count), let first = bounds.first, let last = bounds.last, first >= 200, first <= last,
        last <= 599
      else { return nil }
      return first...last
    }
  }

  /// A proxy's URL has no path, and is not itself reached over TLS.
  private static func proxy(_ arguments: inout Arguments) throws(ConfigurationError) -> HTTPURL {
    try arguments.value("the URL of a proxy, as 'http://proxy.example.net:3128'") { text in
      HTTPURL(text).flatMap { $0.scheme == .http && $0.target == "/" ? $0 : nil }
    }
  }
}
