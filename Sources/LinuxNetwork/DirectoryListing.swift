import Glibc

/// What is in a directory.
public enum DirectoryListing {
  /// The names, in no order.
  public static func names(in path: String) throws(SystemCallError) -> [String] {
    guard let directory = opendir(path) else { throw SystemCallError("read the directory", code: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
