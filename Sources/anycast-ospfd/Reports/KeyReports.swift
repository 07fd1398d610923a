import ControlAPI
import OSPFProtocol
import OSPFWire

/// The keys of an interface as reports.
extension KeyReport {
  static func reports(of snapshot: InterfaceSnapshot) -> [KeyReport] {
    let accepted = snapshot.keys.accepting.keys
    return snapshot.definition.settings.authentication.keys.map { key in
      func seconds(until second: Int64?) -> Double? { second.map { Double(max(0, $0 - snapshot.wallClock)) } }
      let begins = key.sendLifetime.start.flatMap { $0 > snapshot.wallClock ? seconds(until: $0) : nil }
      return KeyReport(
        id: Int(key.id), algorithm: key.algorithm.rawValue, sending: snapshot.keys.sendingKey == key,
        accepted: accepted.contains(key), sendBeginsSeconds: begins, sendEndsSeconds: seconds(until: key.sendLifetime.end),
        acceptEndsSeconds: seconds(until: key.acceptLifetime.end))
    }
  }
}

extension Authentication {
  /// Never more than what it is: a report has no keys.
  func word(sending key: CryptographicKey?) -> String {
    switch self {
    case .null: "none"
    case .simplePassword: "simple-password"
    case .cryptographic(let keys), .extendedCryptographic(let keys), .trailer(let keys, _):
      (key ?? keys.last)?.algorithm.rawValue ?? "md5"
    }
  }
}
