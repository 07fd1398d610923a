/// A place in a configuration file.
public struct SourceLocation: Hashable, Sendable {
  /// The file's name.
  public var path: String
  /// The line, counted from 1.
  public var line: Int
  /// The column, counted in characters (Unicode scalars) from 1; a tab is one character.
  public var column: Int

  public init(path: String, line: Int, column: Int) {
    self.path = path
    self.line = line
    self.column = column
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `FILE:LINE:COLUMN`, the form that editors and compilers understand.
  public var description: String { "\(path):\(line):\(column)" }
}
