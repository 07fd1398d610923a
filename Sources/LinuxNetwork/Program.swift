import CLinux
import Glibc

/// The program that runs in this process, by the path where it was when it began. Another one may be there by now.
public struct Program: Sendable {
  /// Where it is.
  public let path: String

  /// The program of this process. To be called before anybody can have replaced it.
  public static func running() -> Program {
    var name = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = clinux_program_path(&name, name.count)
    return Program(path: length > 0 ? String(decoding: name.prefix(length), as: UTF8.self) : "/proc/self/exe")
  }

  /// Puts the program that is at the path now in the place of this one: the process, its arguments, its environment and its capabilities
  /// stay, its descriptors are closed. Where nothing is at the path it is this one again. Returns only when it fails.
  public func become() -> SystemCallError {
    let error = clinux_become_program(path)
    guard -error == ENOENT else { return SystemCallError("execve", code: -error) }
    return SystemCallError("execve", code: -clinux_become_program("/proc/self/exe"))
  }
}
