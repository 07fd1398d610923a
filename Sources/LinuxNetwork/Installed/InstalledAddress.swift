import OSPFWire

/// An address of a service on a network device, as a host prefix: /32 or /128.
public struct InstalledAddress: Hashable, Sendable {
  public var address: IPAddress
  /// The name of the device that it is on, `lo`.
  public var device: String

  public init(_ address: IPAddress, device: String) {
    self.address = address
    self.device = device
  }
}

extension InstalledAddress: Comparable, CustomStringConvertible {
  public static func < (left: Self, right: Self) -> Bool { (left.device, left.address) < (right.device, right.address) }

  /// `192.0.2.1 on lo`
  public var description: String { "\(address) on \(device)" }
}

/// Why a service address was not added or not removed.
public enum InstalledAddressError: Error, Hashable, Sendable {
  /// It is there already, and not because this daemon has added it: it is not touched, and will not be removed.
  case belongsToSomebodyElse
  /// This daemon has not added it, so it does not remove it.
  case notOurs
  /// There is no device of this name.
  case noSuchDevice
  /// The kernel refused, or its answer made no sense.
  case refused(String)
  /// The journal could not be written. An address to be added was not added; an address to be removed is gone.
  case journal(JournalError)

  init(_ error: NetlinkError) { self = .refused(error.description) }
}

extension InstalledAddressError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .belongsToSomebodyElse: "somebody else has put it there; it will be neither changed nor removed"
    case .notOurs: "it was not added by this daemon"
    case .noSuchDevice: "no such device"
    case .refused(let why): why
    case .journal(let error): error.description
    }
  }
}

/// What was found when the journal of an earlier run was compared with the kernel and with what is wanted now.
public struct Reconciliation: Hashable, Sendable {
  /// Addresses that an earlier run had added, that are still there and still wanted: ours again.
  public var adopted: Set<InstalledAddress> = []
  /// Addresses that an earlier run had added and that nobody wants any more: removed.
  public var removed: Set<InstalledAddress> = []
  /// Entries of an earlier boot, of another network namespace, or whose address or device is gone: forgotten.
  public var forgotten: Set<InstalledAddress> = []
  /// Addresses that should have been removed and were not, and why. They stay in the journal.
  public var failures: [InstalledAddress: InstalledAddressError] = [:]
  /// The journal could not be read or written. When it could not be read, addresses of an earlier run are taken for somebody
  /// else's.
  public var problem: JournalError?

  /// Nothing was found.
  public init() {}
}

/// What became of the wish for a set of addresses.
public struct AddressReplacement: Hashable, Sendable {
  /// What an earlier run had left; nil except the first time.
  public var reconciliation: Reconciliation?
  /// Addresses that were not added or not removed, and why; everything else is as it was wanted.
  public var refused: [InstalledAddress: InstalledAddressError] = [:]

  /// Nothing was refused.
  public init() {}
}
