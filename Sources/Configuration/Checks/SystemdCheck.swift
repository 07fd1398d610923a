import AnycastPolicy
import OSPFWire

/// `check systemd UNIT`
public struct SystemdCheck: Hashable, Sendable {
  /// The unit that must be active.
  public var unit: String

  public init(unit: String) {
    self.unit = unit
  }
}

extension SystemdCheck: CheckDefinition {
  var keyword: String { "systemd" }
  func say(in wording: inout CheckWording) { wording.say(unit) }

  func commandLines(addresses: [IPAddress]) -> [String] { ["systemctl status \(ShellWords.word(unit))"] }

  static let readers: [String: CheckReader] = ["systemd": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    let unit = try arguments.value("the name of a systemd unit, as 'unbound.service'") { isUnitName($0) ? $0 : nil }
    return .systemd(SystemdCheck(unit: unit))
  }

  /// What systemd.unit(5) allows, and nothing that is read as an option.
  private static func isUnitName(_ name: String) -> Bool {
    !name.hasPrefix("-") && name.utf8.count <= 255
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: ":-_.\\@".utf8.contains(byte)
        }
      }
  }
}
