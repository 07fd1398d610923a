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
        id: Int(key.id), algorithm: AuthenticationName(key.algorithm), sending: snapshot.keys.sendingKey == key,
        accepted: accepted.contains(key), sendBeginsSeconds: begins, sendEndsSeconds: seconds(until: key.sendLifetime.end),
        acceptEndsSeconds: seconds(until: key.acceptLifetime.end))
    }
  }
}

extension AuthenticationName {
  /// Never more than what it is: a report has no keys.
  init(_ authentication: Authentication, sending key: CryptographicKey?) {
    switch authentication {
    case .null: self = .none
    case .simplePassword: self = .simplePassword
    case .cryptographic(let keys), .extendedCryptographic(let keys), .trailer(let keys, _):
      self = (key ?? keys.last).map { Self($0.algorithm) } ?? .md5
    }
  }

  init(_ algorithm: CryptographicAlgorithm) {
    switch algorithm {
    case .md5: self = .md5
    case .hmacSHA1: self = .hmacSHA1
    case .hmacSHA256: self = .hmacSHA256
    case .hmacSHA384: self = .hmacSHA384
    case .hmacSHA512: self = .hmacSHA512
    }
  }
}
