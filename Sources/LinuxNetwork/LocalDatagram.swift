import CLinux

/// Datagrams to a service of this host: the journal's, or syslog's.
public enum LocalDatagram {
  /// Sends one to the socket at `path`. Never blocks: where there is no room for it, that is an error.
  public static func send(_ text: String, to path: String) throws(SystemCallError) {
    let result = clinux_send_to_unix_socket(path, text, text.utf8.count)
    guard result == 0 else { throw SystemCallError("send to \(path)", code: -result) }
  }
}
