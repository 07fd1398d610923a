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

  /// Makes a check with the defaults of the dialect.
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
  /// Whom to connect to; nil means every address of the service.
  public var target: IPAddress? { server ?? nearest.address }
}
