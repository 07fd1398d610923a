import CLinux

/// The kernel refused something: what was asked of it, and its answer.
public struct SystemCallError: Error, Hashable, Sendable {
  /// What was asked, as it reads after "cannot": `join 224.0.0.5 on interface 3`.
  public var operation: String
  /// The error number, `ENODEV`.
  public var code: Int32

  public init(_ operation: String, code: Int32) {
    self.operation = operation
    self.code = code
  }

  /// What an error number means, in the words of the system's manual.
  public static func message(_ code: Int32) -> String { String(cString: clinux_error_description(code)) }

  /// The error number's name, `ENODEV`.
  public var name: String { String(cString: clinux_error_name(code)) }
}

extension SystemCallError: CustomStringConvertible {
  /// `cannot join 224.0.0.5 on interface 3: No such device (ENODEV)`
  public var description: String { "cannot \(operation): \(Self.message(code)) (\(name))" }
}
