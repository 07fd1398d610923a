/// Why the daemon did not do what it was asked: the body of every answer that is not 200.
public struct ControlError: Error, Codable, Hashable, Sendable {
  /// What went wrong.
  public var code: Code
  /// The same in a sentence for people.
  public var message: String
  /// Further lines, such as one for each error of a configuration.
  public var details: [String]

  /// The kinds of failure, each with its HTTP status.
  public enum Code: String, Codable, Hashable, Sendable, CaseIterable {
    case badRequest
    case forbidden
    case notFound
    case methodNotAllowed
    case conflict
    case contentTooLarge
    case configurationInvalid
    case internalError
    case unavailable

    /// The HTTP status code.
    public var status: Int {
      switch self {
      case .badRequest: 400
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .conflict: 409
      case .contentTooLarge: 413
      case .configurationInvalid: 422
      case .internalError: 500
      case .unavailable: 503
      }
    }
  }

  public init(_ code: Code, _ message: String, details: [String] = []) {
    self.code = code
    self.message = message
    self.details = details
  }
}
