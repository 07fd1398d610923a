import Glibc
import NIOCore
import OSPFProtocol
import OSPFWire
import Testing

@testable import LinuxNetwork

/// A directory that is removed after the test.
private func withDirectory(_ body: (String) async throws -> Void) async throws {
  let path = try Array("/tmp/aospf-addresses-XXXXXX".utf8CString).withUnsafeBytes { template in
    var template = Array(template.bindMemory(to: CChar.self))
    guard mkdtemp(&template) != nil else { throw Failure("mkdtemp: \(errno)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
  defer {
    for name in ["addresses", "addresses.new", "addresses.corrupt"] { unlink("\(path)/\(name)") }
    rmdir(path)
  }
  try await body(path)
}

private func read(_ path: String) throws -> String {
  let descriptor = open(path, O_RDONLY)
  return try String(decoding: TextFile.read(OwnedDescriptor(descriptor, "open \(path)")), as: UTF8.self)
}

private func write(_ text: String, to path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  defer { close(descriptor) }
  guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else { throw Failure("write: \(errno)") }
}

extension Namespace {
  /// Whether the kernel keeps the mark of addresses: IFA_PROTO came with Linux 5.18.
  fileprivate static var marksAddresses: Bool {
    var name = utsname()
    guard uname(&name) == 0 else { return false }
    let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let numbers = release.split(whereSeparator: { !$0.isNumber }).prefix(2).compactMap { Int($0) }
    return (numbers.first ?? 0, numbers.last ?? 0) >= (5, 18)
  }

  /// A run of the daemon, as far as its addresses are concerned.
  fileprivate func start(_ directory: String) async throws -> ServiceAddresses {
    try await on { [loop] in try ServiceAddresses(stateDirectory: directory, on: loop) }
  }

  /// The addresses of lo, but for the two that are always there.
  fileprivate func addresses() async throws -> Set<IPAddress> {
    let links = try await on { try NetlinkSocket().listLinks().snapshot }
    let standard = Set([try #require(IPAddress("127.0.0.1")), try #require(IPAddress("::1"))])
    return Set(links.filter { $0.name == "lo" }.flatMap(\.addresses).map(\.address)).subtracting(standard)
  }
}

@Suite("Service addresses")
struct ServiceAddressesTests {
  let v4 = InstalledAddress(.v4(IPv4Address(192, 0, 2, 1)), device: "lo")
  let other = InstalledAddress(.v4(IPv4Address(192, 0, 2, 2)), device: "lo")
  let v6 = InstalledAddress(.v6(IPv6Address(high: 0x2001_0db8_0000_0000, low: 1)), device: "lo")

  private func withStateDirectory(_ body: (Namespace, String) async throws -> Void) async throws {
    try await Namespace.with { namespace in try await withDirectory { try await body(namespace, $0) } }
  }

  @Test("An IPv4 address is added as /32 with global scope, and removed")
  func ipv4() async throws {
    try await withStateDirectory { namespace, directory in
      let addresses = try await namespace.start(directory)
      #expect(try await addresses.add([v4]).get() == [:])
      try await namespace.run("ip -4 addr show dev lo | grep -q 'inet 192.0.2.1/32 scope global lo'")
      #expect(try await addresses.remove([v4]).get() == [:])
      #expect(try await namespace.addresses() == [])
      try await addresses.close().get()
    }
  }

  @Test("An IPv6 address is added as /128, without duplicate address detection, deprecated, and for ever")
  func ipv6() async throws {
    try await withStateDirectory { namespace, directory in
      try await namespace.run("ip link add va type veth peer name vb && ip link set va up && ip link set vb up")
      let addresses = try await namespace.start(directory)
      #expect(try await addresses.add([InstalledAddress(v6.address, device: "va")]).get() == [:])
      let show = "ip -6 addr show dev va to 2001:db8::1/128"
      for word in ["inet6 2001:db8::1/128 scope global", " nodad ", " deprecated "] {
        try await namespace.run("\(show) | grep -q '\(word)'")
      }
      try await namespace.run("! \(show) | grep -q tentative")
      try await namespace.run("\(show) | grep -q 'valid_lft forever preferred_lft 0sec'")
      try await addresses.close().get()
    }
  }

  @Test("An address that was there before is somebody else's: not touched, not removed, not remembered")
  func somebodyElses() async throws {
    try await withStateDirectory { namespace, directory in
      try await namespace.run("ip addr add 192.0.2.1/32 dev lo && ip addr add 192.0.2.2/24 dev lo")
      let addresses = try await namespace.start(directory)
      let failures = try await addresses.add([v4, other, v6]).get()
      #expect(failures == [v4: .belongsToSomebodyElse, other: .belongsToSomebodyElse])
      #expect(try await addresses.remove([v4]).get() == [v4: .notOurs])
      #expect(try await namespace.addresses() == [v4.address, other.address, v6.address])
      try await addresses.close().get()

      let next = try await namespace.start(directory)
      let result = try await next.reconcile(wanted: []).get()
      #expect(result.removed == [v6])
      #expect(try await namespace.addresses() == [v4.address, other.address])
      try await next.close().get()
    }
  }

  @Test("After a crash, what is still wanted is ours again, and the rest is removed")
  func crash() async throws {
    try await withStateDirectory { namespace, directory in
      let first = try await namespace.start(directory)
      #expect(try await first.add([v4, other, v6]).get() == [:])
      try await first.close().get()

      let second = try await namespace.start(directory)
      let result = try await second.reconcile(wanted: [v4, v6]).get()
      #expect(result.adopted == [v4, v6])
      #expect(result.removed == [other])
      #expect(result.problem == nil && result.failures.isEmpty && result.forgotten.isEmpty)
      #expect(try await namespace.addresses() == [v4.address, v6.address])
      #expect(try await second.add([v4, v6]).get() == [:])
      #expect(try await second.remove([v4, v6]).get() == [:])
      #expect(try await namespace.addresses() == [])
      try await second.close().get()
    }
  }

  @Test("A journal that cannot be written keeps no address away, is said, and is written when it can be")
  func unwritableJournal() async throws {
    try await withStateDirectory { namespace, directory in
      // A journal that cannot be replaced: a directory is in its place.
      let journal = "\(directory)/addresses.new"
      try #require(mkdir(journal, 0o700) == 0)
      let addresses = try await namespace.start(directory)
      let result = try await addresses.replace(with: [v4]).get()
      #expect(result.refused == [:])
      #expect(try await namespace.addresses() == [v4.address])
      guard case .system(_, let error) = result.journalFailure?.error else {
        Issue.record("a journal that is not there was not said")
        return
      }
      #expect(error.code == EISDIR)
      #expect(try await addresses.storeJournal().get() == result.journalFailure)
      try #require(rmdir(journal) == 0)
      #expect(try await addresses.storeJournal().get() == nil)
      #expect(try read("\(directory)/addresses").contains("address 192.0.2.1 index 1 device lo\n"))
      try await addresses.close().get()
    }
  }

  @Test(
    "Without a journal a crash is cleaned up by the mark in the kernel, and only what has it",
    .enabled(if: Namespace.marksAddresses, "the kernel keeps no mark of addresses (IFA_PROTO, Linux 5.18)"))
  func crashWithoutJournal() async throws {
    try await withStateDirectory { namespace, directory in
      let nowhere = "\(directory)/no/where"
      try await namespace.run("ip addr add 192.0.2.9/32 dev lo")
      let first = try await namespace.start(nowhere)
      let added = try await first.replace(with: [v4, other, v6]).get()
      #expect(added.refused == [:])
      #expect(added.journalFailure?.isMarkKept == true)
      let marked = try await namespace.on {
        try NetlinkSocket().listLinks().addresses(ofProtocol: AddressMark.protocolNumber, on: 1)
      }
      #expect(Set(marked) == [v4.address, other.address, v6.address])
      try await first.close().get()

      let second = try await namespace.start(nowhere)
      let result = try await second.replace(with: [v4, v6]).get()
      #expect(result.reconciliation?.adopted == [v4, v6])
      #expect(result.reconciliation?.removed == [other])
      #expect(result.refused == [:])
      #expect(try await namespace.addresses() == [v4.address, v6.address, .v4(IPv4Address(192, 0, 2, 9))])
      try await second.close().get()
    }
  }

  @Test("A second daemon in the network namespace does not take the addresses of the first one for its own")
  func secondDaemon() async throws {
    try await withStateDirectory { namespace, directory in
      let first = try await namespace.start("\(directory)/no/where")
      #expect(try await first.replace(with: [v4]).get().refused == [:])
      let second = try await namespace.start("\(directory)/else/where")
      let result = try await second.replace(with: [other]).get()
      #expect(result.reconciliation == Reconciliation())
      #expect(try await namespace.addresses() == [v4.address, other.address])
      try await second.close().get()
      try await first.close().get()
      // Nor does the first one, when it comes back, what the second has left.
      let third = try await namespace.start("\(directory)/no/where")
      #expect(try await third.replace(with: []).get().reconciliation?.removed == [v4])
      #expect(try await namespace.addresses() == [other.address])
      try await third.close().get()
    }
  }

  @Test("A crash between the journal and the device leaves nothing behind")
  func crashBeforeAdding() async throws {
    try await withStateDirectory { namespace, directory in
      let life = try await namespace.on { try AddressJournalText.Life.current() }
      try write(AddressJournalText(life: life, entries: [v4: 1, v6: 1]).text, to: "\(directory)/addresses")
      let addresses = try await namespace.start(directory)
      let result = try await addresses.reconcile(wanted: [v4]).get()
      #expect(result.forgotten == [v4, v6])
      #expect(result.adopted.isEmpty && result.removed.isEmpty)
      #expect(try await addresses.add([v4]).get() == [:])
      #expect(try await namespace.addresses() == [v4.address])
      try await addresses.close().get()
    }
  }

  @Test("A journal of another boot, another namespace or another device of that name does no harm")
  func otherLives() async throws {
    try await withStateDirectory { namespace, directory in
      try await namespace.run("ip addr add 192.0.2.1/32 dev lo")
      let life = try await namespace.on { try AddressJournalText.Life.current() }
      var (otherBoot, otherNamespace) = (life, life)
      otherBoot.bootID = "00000000-0000-0000-0000-000000000000"
      otherNamespace.networkNamespace = "net:[1]"
      for (life, index) in [(otherBoot, UInt32(1)), (otherNamespace, 1), (life, 4711)] {
        try write(AddressJournalText(life: life, entries: [v4: index]).text, to: "\(directory)/addresses")
        let addresses = try await namespace.start(directory)
        let result = try await addresses.reconcile(wanted: []).get()
        #expect(result.forgotten == [v4] && result.removed.isEmpty && result.problem == nil)
        #expect(try await namespace.addresses() == [v4.address])
        try await addresses.close().get()
      }
    }
  }

  @Test("A corrupt journal is said with its line, put aside, and the work goes on")
  func corruptJournal() async throws {
    try await withStateDirectory { namespace, directory in
      try await namespace.run("ip addr add 192.0.2.1/32 dev lo")
      try write("anycast-ospfd addresses 1\nboot x\nnamespace y\naddress 192.0.2.1 ind", to: "\(directory)/addresses")
      let addresses = try await namespace.start(directory)
      let result = try await addresses.reconcile(wanted: []).get()
      #expect(
        result.problem
          == .corrupt(
            path: "\(directory)/addresses", line: 4, expected: "address ADDRESS index INDEX device NAME",
            keptAs: "\(directory)/addresses.corrupt"))
      #expect(try read("\(directory)/addresses.corrupt").hasSuffix("ind"))
      #expect(try await namespace.addresses() == [v4.address])
      #expect(try await addresses.add([other]).get() == [:])
      try await addresses.close().get()
    }
  }

  @Test("A state directory that does not exist is made, and one that cannot be made is said")
  func stateDirectory() async throws {
    try await withStateDirectory { namespace, directory in
      let addresses = try await namespace.start("\(directory)/addresses")
      #expect(try await addresses.reconcile(wanted: []).get() == Reconciliation())
      try await addresses.close().get()
      rmdir("\(directory)/addresses")

      let hopeless = try await namespace.start("\(directory)/no/where")
      let result = try await hopeless.replace(with: [v4]).get()
      #expect(result.reconciliation == Reconciliation() && result.refused == [:])
      guard case .system(let path, let error) = result.journalFailure?.error else {
        Issue.record("no problem was said")
        return
      }
      #expect(path == "\(directory)/no/where" && error.code == ENOENT)
      try await hopeless.close().get()
    }
  }

  @Test("An address on a device that does not exist is refused by itself")
  func noSuchDevice() async throws {
    try await withStateDirectory { namespace, directory in
      let addresses = try await namespace.start(directory)
      let lost = InstalledAddress(v4.address, device: "nowhere")
      #expect(try await addresses.add([lost, other]).get() == [lost: .noSuchDevice])
      #expect(try await namespace.addresses() == [other.address])
      try await addresses.close().get()
    }
  }

  @Test("An address that somebody else has removed counts as removed and can be added again")
  func removedByOthers() async throws {
    try await withStateDirectory { namespace, directory in
      let addresses = try await namespace.start(directory)
      #expect(try await addresses.add([v4, other]).get() == [:])
      try await namespace.run("ip addr del 192.0.2.1/32 dev lo && ip addr del 192.0.2.2/32 dev lo")
      #expect(try await addresses.remove([v4]).get() == [:])
      #expect(try await addresses.add([other]).get() == [:])
      #expect(try await namespace.addresses() == [other.address])
      try await addresses.close().get()
    }
  }

  @Test("A thousand addresses are added and removed")
  func thousand() async throws {
    try await withStateDirectory { namespace, directory in
      let addresses = try await namespace.start(directory)
      let all = (0..<1000).map {
        InstalledAddress(.v4(IPv4Address(rawValue: 0x0A00_0000 + UInt32($0))), device: "lo")
      }
      #expect(try await addresses.add(all).get() == [:])
      #expect(try await namespace.addresses().count == 1000)
      #expect(try await addresses.remove(all).get() == [:])
      #expect(try await namespace.addresses() == [])
      try await addresses.close().get()
    }
  }

  @Test("The journal's text is read back as it was written")
  func journalText() throws {
    let life = AddressJournalText.Life(bootID: "b", networkNamespace: "net:[7]")
    let journal = AddressJournalText(life: life, entries: [v4: 1, v6: 1, InstalledAddress(v4.address, device: "a b"): 9])
    #expect(try AddressJournalText(parsing: journal.text) == journal)
    // Whatever is missing at the end is noticed.
    for length in 0..<journal.text.count {
      #expect(throws: AddressJournalText.Corruption.self) { try AddressJournalText(parsing: String(journal.text.prefix(length))) }
    }
    #expect(throws: AddressJournalText.Corruption(line: 8, expected: "the end of the file")) {
      try AddressJournalText(parsing: journal.text + "more\n")
    }
  }
}
