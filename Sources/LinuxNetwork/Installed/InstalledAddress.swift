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

  init(_ error: NetlinkError) { self = .refused(error.description) }
}

extension InstalledAddressError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .belongsToSomebodyElse: "somebody else has put it there; it will be neither changed nor removed"
    case .notOurs: "it was not added by this daemon"
    case .noSuchDevice: "no such device"
    case .refused(let why): why
    }
  }
}

/// What was found when the journal of an earlier run, and the marks that it has left in the kernel, were compared with the kernel and with
/// what is wanted now.
public struct Reconciliation: Hashable, Sendable {
  /// Addresses that an earlier run had added, that are still there and still wanted: ours again.
  public var adopted: Set<InstalledAddress> = []
  /// Addresses that an earlier run had added and that nobody wants any more: removed.
  public var removed: Set<InstalledAddress> = []
  /// Entries of an earlier boot, of another network namespace, or whose address or device is gone: forgotten.
  public var forgotten: Set<InstalledAddress> = []
  /// Addresses that should have been removed and were not, and why. They stay in the journal.
  public var failures: [InstalledAddress: InstalledAddressError] = [:]
  /// The journal could not be read: an earlier run's addresses are known by their mark alone.
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
  /// Why the journal does not say what is installed.
  public var journalFailure: JournalFailure?

  /// Nothing was refused.
  public init() {}
}

/// The journal could not be written, and the addresses were added and removed all the same.
public struct JournalFailure: Error, Hashable, Sendable {
  public var error: JournalError
  /// Whether the kernel keeps our mark, by which the next run knows the addresses after a crash.
  public var isMarkKept: Bool
}

extension JournalFailure: CustomStringConvertible {
  public var description: String {
    let consequence =
      isMarkKept
      ? "after a crash the addresses are known by their mark in the kernel"
      : "after a crash the addresses stay, and are taken for somebody else's"
    return "\(error); \(consequence)"
  }
}
