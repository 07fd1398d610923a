import CLinux
import Glibc
import OSPFProtocol
import OSPFWire

/// Adds and removes service addresses, one call at a time, and keeps the journal. Blocks on the disk.
///
/// Ours is what the journal names, and what has our mark in the kernel, as far as no other daemon in this network namespace puts it there.
/// No address waits for a journal that cannot be written. Used by one thread at a time.
final class AddressKeeper: @unchecked Sendable {
  private let netlink: NetlinkSocket
  private var journal: AddressJournal
  private var problem: JournalError?
  private var forgotten: Set<InstalledAddress> = []
  private var isReconciled = false
  /// Held while our mark is ours alone; nil where another daemon has it.
  private var mark: AddressMark?
  /// Whether the kernel has kept the mark of what was added; nil before anything was.
  private var isMarkKept: Bool?

  /// Opens the journal, for the network namespace of the calling thread.
  init(stateDirectory: String) throws(InstalledAddressError) {
    do {
      netlink = try NetlinkSocket()
    } catch {
      throw .refused(error.description)
    }
    let life: AddressJournalText.Life
    do {
      life = try .current()
    } catch {
      throw .refused(error.description)
    }
    mark = AddressMark.take()
    journal = AddressJournal(directory: stateDirectory, life: life, problem: &problem, forgotten: &forgotten)
  }

  // MARK: After a restart

  /// Takes over what an earlier run has added and is still wanted, and removes the rest of what it has added.
  func reconcile(wanted: Set<InstalledAddress>) -> Reconciliation {
    var result = Reconciliation()
    result.problem = problem
    result.forgotten = forgotten
    (problem, forgotten) = (nil, [])
    let kernel: KernelView
    do {
      kernel = try KernelView(netlink)
    } catch {
      result.failures = failures(journal.entries.keys, InstalledAddressError(error))
      return result
    }
    let left = mark == nil ? journal.entries : journal.entries.merging(kernel.marked) { _, marked in marked }
    var kept = left
    for (entry, index) in left {
      if kernel.indexes[entry.device] != index || !kernel.hasHostPrefix(entry.address, on: index) {
        result.forgotten.insert(entry)
        kept[entry] = nil
      } else if wanted.contains(entry) {
        result.adopted.insert(entry)
      } else {
        do {
          try remove(entry, index)
          result.removed.insert(entry)
          kept[entry] = nil
        } catch {
          result.failures[entry] = InstalledAddressError(error)
        }
      }
    }
    journal.replaceEntries(kept)
    return result
  }

  /// Makes the kernel have exactly these addresses of ours; the first time, what an earlier run has left is compared with them.
  func replace(with wanted: Set<InstalledAddress>) -> AddressReplacement {
    var result = AddressReplacement()
    if !isReconciled {
      isReconciled = true
      result.reconciliation = reconcile(wanted: wanted)
    }
    let surplus = journal.entries.keys.filter { !wanted.contains($0) }
    if !surplus.isEmpty { result.refused = remove(surplus.sorted()) }
    if !wanted.isEmpty { result.refused.merge(add(wanted.sorted())) { _, new in new } }
    result.journalFailure = storeJournal()
    return result
  }

  /// Writes the journal where the file does not say yet what is installed; returns why that failed.
  func storeJournal() -> JournalFailure? {
    journal.replaceEntries(journal.entries)
    return journal.failure.map { JournalFailure(error: $0, isMarkKept: isMarkKept ?? (mark != nil)) }
  }

  /// Leaves everything as it is, to the next run.
  func releaseMark() { mark = nil }

  // MARK: Adding

  /// Adds addresses; returns those that were not added, and why.
  func add(_ addresses: [InstalledAddress]) -> [InstalledAddress: InstalledAddressError] {
    let kernel: KernelView
    do {
      kernel = try KernelView(netlink)
    } catch {
      return failures(addresses, InstalledAddressError(error))
    }
    var failures: [InstalledAddress: InstalledAddressError] = [:]
    var missing: [InstalledAddress: UInt32] = [:]
    for address in addresses {
      guard let index = kernel.indexes[address.device] else {
        failures[address] = .noSuchDevice
        continue
      }
      let isOurs = journal.entries[address] == index
      if !kernel.has(address.address, on: index) {
        missing[address] = index
      } else if !isOurs {
        failures[address] = .belongsToSomebodyElse
      }
    }
    return failures.merging(addMissing(missing)) { first, _ in first }
  }

  private func addMissing(_ missing: [InstalledAddress: UInt32]) -> [InstalledAddress: InstalledAddressError] {
    journal.replaceEntries(journal.entries.merging(missing) { _, new in new })
    var failures: [InstalledAddress: InstalledAddressError] = [:]
    for (address, index) in missing.sorted(by: { $0.key < $1.key }) {
      do {
        try netlink.perform(.add(address.address, index: index, isMarked: mark != nil), "add \(address)")
      } catch .refused(let error) where error.code == EEXIST {
        failures[address] = .belongsToSomebodyElse
      } catch {
        failures[address] = InstalledAddressError(error)
      }
    }
    journal.replaceEntries(journal.entries.filter { failures[$0.key] == nil })
    if isMarkKept == nil, failures.count < missing.count, let kernel = try? KernelView(netlink) {
      isMarkKept = missing.keys.contains { kernel.marked[$0] != nil }
    }
    return failures
  }

  // MARK: Removing

  /// Removes addresses; returns those that were not removed, and why. An address that is gone already counts as removed.
  func remove(_ addresses: [InstalledAddress]) -> [InstalledAddress: InstalledAddressError] {
    let kernel: KernelView
    do {
      kernel = try KernelView(netlink)
    } catch {
      return failures(addresses, InstalledAddressError(error))
    }
    var failures: [InstalledAddress: InstalledAddressError] = [:]
    var kept = journal.entries
    for address in addresses {
      guard let index = journal.entries[address] else {
        failures[address] = .notOurs
        continue
      }
      do {
        // A device that has another index is another device: what was added went with the old one.
        if kernel.indexes[address.device] == index { try remove(address, index) }
        kept[address] = nil
      } catch {
        failures[address] = InstalledAddressError(error)
      }
    }
    journal.replaceEntries(kept)
    return failures
  }

  private func remove(_ address: InstalledAddress, _ index: UInt32) throws(NetlinkError) {
    do {
      try netlink.perform(.remove(address.address, index: index), "remove \(address)")
    } catch .refused(let error) where error.code == EADDRNOTAVAIL || error.code == ENODEV {
      return
    }
  }

  private func failures(
    _ addresses: some Sequence<InstalledAddress>, _ error: InstalledAddressError
  ) -> [InstalledAddress: InstalledAddressError] {
    Dictionary(addresses.map { ($0, error) }) { first, _ in first }
  }
}

/// The devices and addresses that the kernel has at one moment.
private struct KernelView {
  /// The index of each device.
  private(set) var indexes: [String: UInt32] = [:]
  private var addresses: [UInt32: Set<LinkAddress>] = [:]
  /// The addresses with our mark, with the index of their device.
  private(set) var marked: [InstalledAddress: UInt32] = [:]

  init(_ netlink: NetlinkSocket) throws(NetlinkError) {
    let table = try netlink.listLinks()
    for link in table.snapshot {
      indexes[link.name] = link.index
      addresses[link.index] = Set(link.addresses)
      for address in table.addresses(ofProtocol: AddressMark.protocolNumber, on: link.index) {
        marked[InstalledAddress(address, device: link.name)] = link.index
      }
    }
  }

  /// Whether the device has the address, whatever its prefix.
  func has(_ address: IPAddress, on index: UInt32) -> Bool {
    addresses[index]?.contains { $0.address == address } ?? false
  }

  /// Whether the device has the address as /32 or /128, as it is added here.
  func hasHostPrefix(_ address: IPAddress, on index: UInt32) -> Bool {
    addresses[index]?.contains(LinkAddress(address: address, prefixLength: address.bitWidth)) ?? false
  }
}

extension NetlinkRequest {
  /// IPv6 addresses are added without duplicate address detection, because every anycast node has them, and with a preferred
  /// lifetime of zero, so that the host never chooses one as the source of its own traffic.
  fileprivate static func add(_ address: IPAddress, index: UInt32, isMarked: Bool) -> NetlinkRequest {
    var request = hostAddress(address, index: index, type: RTM_NEWADDR, flags: NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK)
    if case .v6 = address {
      request.appendAttribute(IFA_FLAGS, numbers: UInt32(IFA_F_NODAD))
      // ifa_cacheinfo: preferred and valid lifetime in seconds, and two times that only the kernel sets.
      request.appendAttribute(IFA_CACHEINFO, numbers: 0, .max, 0, 0)
    }
    // A kernel before Linux 5.18 takes no notice of it.
    if isMarked { request.appendAttribute(IFA_PROTO, [AddressMark.protocolNumber]) }
    return request
  }

  fileprivate static func remove(_ address: IPAddress, index: UInt32) -> NetlinkRequest {
    hostAddress(address, index: index, type: RTM_DELADDR, flags: NLM_F_ACK)
  }

  private static func hostAddress(_ address: IPAddress, index: UInt32, type: Int, flags: Int32) -> NetlinkRequest {
    var request = NetlinkRequest(type: type, flags: flags)
    request.appendAddressHeader(family: address.family, prefixLength: address.bitWidth, index: index)
    request.appendAttribute(IFA_LOCAL, address.octets)
    request.appendAttribute(IFA_ADDRESS, address.octets)
    return request
  }
}
