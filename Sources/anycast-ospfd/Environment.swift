import Glibc

/// The process's environment.
enum Environment {
  /// The value of a variable, nil when it is not set.
  static func value(of name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
