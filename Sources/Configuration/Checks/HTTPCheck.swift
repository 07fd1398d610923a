import AnycastPolicy
import OSPFWire

/// `check http URL ...` and `check https URL ...`
public struct HTTPCheck: Hashable, Sendable {
  /// What to ask for.
  public var url: HTTPURL
  /// Whom to ask; nil means the address in the URL of the proxy or of the page, every address of the service where that is a name.
  public var server: IPAddress?
  /// The method of the request.
  public var method: Method
  /// Header fields of the request.
  public var headers: [Header]
  /// The status codes that pass.
  public var status: ClosedRange<Int>
  /// What the content must contain.
  public var body: String?
  /// The forward proxy to ask.
  public var proxy: HTTPURL?
  /// Who must have signed the server's certificate.
  public var trust: Trust

  /// Methods of requests without content.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case trace = "TRACE"
  }

  /// A header field.
  public struct Header: Hashable, Sendable {
    /// The name, a token.
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }

    /// Whether the value is nobody's business, to judge by the name.
    package var isSecret: Bool {
      let name = name.lowercased()
      return ["auth", "cookie", "key", "password", "secret", "token"].contains { name.contains($0) }
    }
  }

  /// Who must have signed the server's certificate.
  public enum Trust: Hashable, Sendable {
    /// An authority that the system trusts.
    case system
    /// An authority in this file.
    case authority(file: String)
    /// Nobody: the certificate is not looked at.
    case anybody
  }

  public init(
    url: HTTPURL, server: IPAddress? = nil, method: Method = .get, headers: [Header] = [],
    status: ClosedRange<Int> = HTTPCheck.success, body: String? = nil, proxy: HTTPURL? = nil, trust: Trust = .system
  ) {
    self.url = url
    self.server = server
    self.method = method
    self.headers = headers
    self.status = status
    self.body = body
    self.proxy = proxy
    self.trust = trust
  }

  /// The status codes that mean success (RFC 9110 section 15.3).
  public static let success = 200...299

  /// Where to connect to: the proxy, or the server itself.
  public var nearest: HTTPURL { proxy ?? url }
}

extension HTTPCheck: CheckDefinition {
  var keyword: String { url.scheme.rawValue }
  var target: CheckTarget { CheckTarget(server ?? nearest.address) }
  var ports: [CheckedPort] { [CheckedPort(transport: .tcp, port: nearest.port)] }

  var requiredPath: RequiredPath? {
    guard case .authority(let file) = trust else { return nil }
    return RequiredPath(file, orElse: "the certificate cannot be verified")
  }

  func say(in wording: inout CheckWording) {
    wording.say("\(url)")
    wording.say(server: server)
    wording.say("method \(method.rawValue)", unless: method == .get)
    for header in headers {
      let value = header.isSecret && !wording.showsSecrets ? CheckConfiguration.hiddenSecret : header.value
      wording.say("header \(CheckKind.quoted("\(header.name): \(value)"))")
    }
    let end = status.count > 1 ? "-\(status.upperBound)" : ""
    wording.say("status \(status.lowerBound)\(end)", unless: status == Self.success)
    if let body { wording.say("body \(CheckKind.quoted(body))") }
    if let proxy { wording.say("proxy \(proxy)") }
    switch trust {
    case .system: break
    case .authority(let file): wording.say("ca \(CheckKind.quoted(file))")
    case .anybody: wording.say("insecure")
    }
  }

  func commandLines(addresses: [IPAddress]) -> [String] { addresses.map(curl) }

  /// The name stays in the URL, for the Host field and the certificate; the connection goes to the address.
  private func curl(_ address: IPAddress) -> String {
    var words = ["curl", "-v"]
    switch method {
    case .get: break
    case .head: words.append("-I")
    case .options, .post, .put, .delete, .trace: words += ["-X", method.rawValue]
    }
    for header in headers {
      words += ["-H", ShellWords.word("\(header.name): \(header.isSecret ? "SECRET" : header.value)")]
    }
    switch trust {
    case .system: break
    case .anybody: words.append("-k")
    case .authority(let file): words += ["--cacert", ShellWords.word(file)]
    }
    if let proxy { words += ["-x", ShellWords.word("\(proxy)")] }
    if nearest.address != address {
      words += ["--connect-to", ShellWords.word("\(nearest.authorityWithPort):\(ShellWords.endpoint(address, nearest.port))")]
    }
    return (words + [ShellWords.word("\(url)")]).joined(separator: " ")
  }
}

// How the line is read.
extension HTTPCheck {
  static let readers: [String: CheckReader] = ["http": readHTTP, "https": readHTTPS]

  /// A URL of the scheme `https` makes it `https URL ...`.
  private static let readHTTP: CheckReader = { arguments throws(ConfigurationError) in
    try read(&arguments, "a URL, as 'http://www.example.net/health'") { _ in true }
  }

  private static let readHTTPS: CheckReader = { arguments throws(ConfigurationError) in
    try read(&arguments, "a URL that begins with 'https://'") { $0 == .https }
  }

  /// `URL [server A] [method M] [header "Name: value"]... [status N[-N]] [body TEXT] [proxy URL] [ca FILE] [insecure]`, the
  /// options in any order.
  private static func read(
    _ arguments: inout Arguments, _ expected: String, isAllowed: (HTTPURL.Scheme) -> Bool
  ) throws(ConfigurationError) -> CheckKind {
    try arguments.readQuotes()
    let url = try arguments.value(expected) { text in HTTPURL(text).flatMap { isAllowed($0.scheme) ? $0 : nil } }
    var check = HTTPCheck(url: url)
    let options = ["server", "method", "header", "status", "body", "proxy", "ca", "insecure"]
    while let option = try arguments.nextCheckOption(of: options) {
      switch option {
      case "server": check.server = try arguments.ipAddress()
      case "method": check.method = try arguments.choice(HTTPCheck.Method.self)
      case "header": check.headers.append(try header(&arguments))
      case "status": check.status = try status(&arguments)
      case "body": check.body = try arguments.value("a text that the page contains") { $0.isEmpty ? nil : $0 }
      case "proxy": check.proxy = try proxy(&arguments)
      case "ca": check.trust = .authority(file: try arguments.absolutePath(of: "a file of certificates"))
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
    try arguments.requireShown(header.value, at: word)
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
