/// One configuration file, already read.
public struct SourceFile: Hashable, Sendable {
  /// The name that errors give, as the operator wrote it.
  public var path: String
  /// The contents.
  public var bytes: [UInt8]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  public init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }
}
