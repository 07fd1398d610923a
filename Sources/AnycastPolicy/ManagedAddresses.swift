import OSPFProtocol
import OSPFWire

/// An address on a device.
public struct DeviceAddress: Hashable, Sendable {
  /// The device's name.
  public var device: String
  /// The address.
  public var address: IPAddress

  /// Names an address on a device.
  public init(device: String, address: IPAddress) {
    self.device = device
    self.address = address
  }
}

/// A service's address on the device where we put it.
struct ManagedAddress: Hashable {
  let device: String
  let address: ServiceAddress

  var onDevice: DeviceAddress { DeviceAddress(device: device, address: address.address) }
}

/// The addresses that we put on devices: each is added when it is wanted, added again when it disappears, and removed when it is
/// no longer wanted and no neighbor sends anything to it.
struct ManagedAddresses {
  private struct Record {
    var isWanted = true
    var linger: Duration
    /// Whether it has been seen on the device since it was last asked for.
    var wasPresent = false
    var nextAttempt: Instant
    var failure: String?
  }

  /// Time between two attempts to add an address that does not appear on its device.
  static let retryInterval = Duration.seconds(5)

  private var records: [ManagedAddress: Record] = [:]
  /// Every address of every device, as last reported.
  private(set) var present: Set<DeviceAddress> = []

  /// Whether we have no address on any device.
  var isEmpty: Bool { records.isEmpty }

  /// The prefixes that we have an address of on some device.
  var prefixes: Set<IPPrefix> { Set(records.keys.map(\.address.prefix)) }

  /// Why an address is not on its device, when an attempt to add it was refused.
  func failure(of address: ManagedAddress) -> String? { records[address]?.failure }

  /// Takes over what is on the devices now.
  mutating func setPresent(_ addresses: Set<DeviceAddress>) { present = addresses }

  /// An attempt to add an address was refused. Returns whether the reason is a new one.
  mutating func noteFailure(of address: ManagedAddress, reason: String) -> Bool {
    defer { records[address]?.failure = reason }
    return records[address].map { $0.failure != reason } ?? false
  }

  /// Takes over which addresses are wanted, and adds those that are not there.
  mutating func want(_ wanted: [(address: ManagedAddress, linger: Duration)], at now: Instant, sink: PolicySink) {
    for address in records.keys { records[address]?.isWanted = false }
    for (address, linger) in wanted {
      let isNew = records[address] == nil
      var record = records[address] ?? Record(linger: linger, nextAttempt: now)
      record.isWanted = true
      record.linger = linger
      if present.contains(address.onDevice), !isNew {
        record.wasPresent = true
        record.failure = nil
      } else if record.wasPresent {
        sink.report(.addressDisappeared(device: address.device, address: address.address.address))
        record.wasPresent = false
        record.nextAttempt = now
      }
      if isNew || (!record.wasPresent && record.nextAttempt <= now) {
        sink.append(.addAddress(device: address.device, address.address))
        record.nextAttempt = now + Self.retryInterval
      }
      records[address] = record
    }
  }

  /// Removes the addresses whose time has come.
  mutating func removeUnwanted(prefixes: PrefixTable, at now: Instant, sink: PolicySink) {
    let due = removals(prefixes: prefixes, at: now).filter { $0.at <= now }.map(\.address)
    for address in due.sorted(by: { ($0.address.prefix, $0.device) < ($1.address.prefix, $1.device) }) {
      records[address] = nil
      present.remove(address.onDevice)
      sink.append(.removeAddress(device: address.device, address.address))
    }
  }

  /// When there is something to add or to remove next.
  func nextDeadline(prefixes: PrefixTable, at now: Instant) -> Instant? {
    let attempts = records.compactMap { address, record in
      record.isWanted && !record.wasPresent && !present.contains(address.onDevice) ? record.nextAttempt : nil
    }
    return (attempts + removals(prefixes: prefixes, at: now).map(\.at)).min()
  }

  /// The addresses that are no longer wanted, and when each may go, as far as that is known. One that is wanted, and there, on
  /// another device goes at once, because it serves nobody any more.
  private func removals(prefixes: PrefixTable, at now: Instant) -> [(address: ManagedAddress, at: Instant)] {
    let unwanted = records.filter { !$0.value.isWanted }
    guard !unwanted.isEmpty else { return [] }
    let elsewhere = Set(records.filter { $0.value.isWanted && present.contains($0.key.onDevice) }.map(\.key.address))
    return unwanted.compactMap { address, record in
      guard !elsewhere.contains(address.address) else { return (address, now) }
      return prefixes.removal(of: address.address.prefix, linger: record.linger, at: now).map { (address, $0) }
    }
  }
}
