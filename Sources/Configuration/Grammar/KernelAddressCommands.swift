import OSPFWire
import Redistribution

/// `ip address` or `ipv6 address` of zebra: an address that Quagga put on a device as long as it ran, and that nobody does here.
public struct KernelAddress: Hashable, Sendable {
  public var device: String
  public var address: IPAddress
  /// The length of its on-link prefix.
  public var prefixLength: Int
  /// Where the line stands.
  public var origin: RuleOrigin

  public init(device: String, address: IPAddress, prefixLength: Int, origin: RuleOrigin) {
    self.device = device
    self.address = address
    self.prefixLength = prefixLength
    self.origin = origin
  }
}

/// The lines of `interface` about the kernel's addresses. They change nothing; a service can be proposed for what they name.
enum KernelAddressCommands {
  static let all = ["ip address", "ipv6 address"].map { phrase in
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let named = address(&arguments)
      draft.note(
        .changedMeaning, arguments,
        "the kernel's addresses are not configured here: name it in an 'anycast service', or in the system's network configuration"
      )
      if let named { draft.addKernelAddress(named.address, length: named.length, arguments.origin) }
    } undo: { arguments, draft throws(ConfigurationError) in
      if let named = address(&arguments) { draft.removeKernelAddress(named.address) }
      draft.note(.withoutEffect, arguments, "already the default")
    }
  }

  /// Words that follow the address are zebra's own; without a length, as after `dhcp`, there is nothing to propose.
  private static func address(_ arguments: inout Arguments) -> (address: IPAddress, length: Int)? {
    defer { arguments.skipAll() }
    guard let text = arguments.peek?.text, let prefix = IPPrefix(text), let slash = text.firstIndex(of: "/") else { return nil }
    return IPAddress(text[..<slash]).map { ($0, prefix.length) }
  }
}
