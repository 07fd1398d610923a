import CLinux
import Glibc
import OSPFWire

/// A table of nftables with a counter for each of some prefixes: packets that arrive for it, but for those that come from this host.
///
/// The kernel removes it with the socket that made it, so that nothing is left of a daemon that has crashed; where the kernel is too old
/// for that (before 5.12), the next run that counts removes it first. Used by one thread at a time.
final class TrafficTable: @unchecked Sendable {
  static let name = "anycast-ospfd"
  private static let chain = "arriving"
  /// As many prefixes go into one message: the kernel takes some 200 kilobytes at once.
  private static let prefixesPerBatch = 200

  struct Count: Hashable, Sendable {
    var packets: UInt64
    var octets: UInt64
  }

  private let netlink: NetlinkSocket
  private var names: [String: IPPrefix] = [:]
  /// What was counted by earlier tables of this run.
  private var before: [IPPrefix: Count] = [:]

  init() throws(SystemCallError) { netlink = try NetlinkSocket(protocol: NetlinkProtocol.netfilter) }

  /// Counts for these prefixes, and no longer for others. What was counted goes on.
  func replace(with prefixes: Set<IPPrefix>) throws(NetlinkError) {
    before = try counts().filter { prefixes.contains($0.key) }
    try remove()
    names = Dictionary(prefixes.map { (Self.name(of: $0), $0) }) { first, _ in first }
    guard !prefixes.isEmpty else { return }
    do {
      try make(flags: NFTables.tableIsOwned)
    } catch .refused(let error) where error.code == EOPNOTSUPP || error.code == EINVAL {
      try make(flags: 0)
    }
    let all = prefixes.sorted()
    for start in stride(from: 0, to: all.count, by: Self.prefixesPerBatch) {
      try perform(all[start...].prefix(Self.prefixesPerBatch).flatMap { [Self.counter(of: $0), Self.rule(counting: $0)] })
    }
  }

  /// What has arrived since the first `replace` that had the prefix.
  func counts() throws(NetlinkError) -> [IPPrefix: Count] {
    guard !names.isEmpty else { return before }
    let request = NetlinkRequest.netfilter(NFTables.Message.getObject, flags: NLM_F_DUMP) {
      $0.append(1, text: Self.name)
      $0.append(3, number: NFTables.counter)
    }
    var counts = before
    for message in try netlink.dump(request, "read the traffic counters") {
      guard let attributes = message.attributes(after: 4), attributes[1]?.text == Self.name,
        let prefix = attributes[2].flatMap({ names[$0.text] }), let data = attributes[4],
        let values = NetlinkMessage(type: 0, flags: 0, sequenceNumber: 0, payload: data).attributes(after: 0),
        let octets = values[1]?.integer(at: 0, as: UInt64.self), let packets = values[2]?.integer(at: 0, as: UInt64.self)
      else { continue }
      let former = before[prefix] ?? Count(packets: 0, octets: 0)
      counts[prefix] = Count(
        packets: former.packets &+ UInt64(bigEndian: packets), octets: former.octets &+ UInt64(bigEndian: octets))
    }
    return counts
  }

  /// Removes the table, whoever has made it.
  func remove() throws(NetlinkError) {
    do {
      try perform([.netfilter(NFTables.Message.deleteTable) { $0.append(1, text: Self.name) }])
    } catch .refused(let error) where error.code == ENOENT {}
    names = [:]
  }

  private func perform(_ batch: [NetlinkRequest]) throws(NetlinkError) {
    try netlink.perform(batch: batch, subsystem: NFTables.subsystem, "count traffic with nftables")
  }

  private func make(flags: UInt32) throws(NetlinkError) {
    try perform([
      .netfilter(NFTables.Message.newTable, flags: NLM_F_CREATE) {
        $0.append(1, text: Self.name)
        $0.append(2, number: flags)
      },
      .netfilter(NFTables.Message.newChain, flags: NLM_F_CREATE) {
        $0.append(1, text: Self.name)
        $0.append(3, text: Self.chain)
        $0.append(4) {
          $0.append(1, number: NFTables.prerouting)
          $0.append(2, number: NFTables.priority)
        }
        $0.append(7, text: "filter")
      },
      // What comes from this host, checks above all, is nobody's request.
      Self.rule {
        $0.appendMeta(NFTables.interfaceType)
        $0.appendComparison(withUnsafeBytes(of: NFTables.loopbackType) { Array($0) })
        $0.appendExpression("immediate") {
          $0.append(1, number: NFTables.verdictRegister)
          $0.append(2) { $0.append(2) { $0.append(1, number: NFTables.returnVerdict) } }
        }
      },
    ])
  }

  private static func rule(_ expressions: (inout NetfilterAttributes) -> Void) -> NetlinkRequest {
    .netfilter(NFTables.Message.newRule, flags: NLM_F_CREATE | NLM_F_APPEND) {
      $0.append(1, text: name)
      $0.append(2, text: chain)
      $0.append(4, expressions)
    }
  }

  private static func counter(of prefix: IPPrefix) -> NetlinkRequest {
    .netfilter(NFTables.Message.newObject, flags: NLM_F_CREATE) {
      $0.append(1, text: name)
      $0.append(2, text: name(of: prefix))
      $0.append(3, number: NFTables.counter)
      $0.append(4) {
        $0.append(1, number: UInt64(0))
        $0.append(2, number: UInt64(0))
      }
    }
  }

  /// The destination address is at octet 16 of an IPv4 header, and at 24 of an IPv6 one.
  private static func rule(counting prefix: IPPrefix) -> NetlinkRequest {
    let address = prefix.address.octets
    return rule {
      $0.appendMeta(NFTables.networkProtocol)
      $0.appendComparison([address.count == 4 ? NFTables.ipv4 : NFTables.ipv6])
      $0.appendExpression("payload") {
        $0.append(1, number: NFTables.register)
        $0.append(2, number: UInt32(1))  // the network header
        $0.append(3, number: UInt32(address.count == 4 ? 16 : 24))
        $0.append(4, number: UInt32(address.count))
      }
      if prefix.length < address.count * 8 {
        $0.appendExpression("bitwise") {
          $0.append(1, number: NFTables.register)
          $0.append(2, number: NFTables.register)
          $0.append(3, number: UInt32(address.count))
          $0.append(4) { $0.append(1, mask(prefix.length, octets: address.count)) }
          $0.append(5) { $0.append(1, Array(repeating: 0, count: address.count)) }
        }
      }
      $0.appendComparison(address)
      $0.appendExpression("objref") {
        $0.append(1, number: NFTables.counter)
        $0.append(2, text: name(of: prefix))
      }
    }
  }

  private static func mask(_ length: Int, octets: Int) -> [UInt8] {
    (0..<octets).map { position in
      let bits = min(max(length - position * 8, 0), 8)
      return bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
    }
  }

  /// `v4_192.0.2.53_32`: letters that nft reads back.
  private static func name(of prefix: IPPrefix) -> String {
    let address = String(prefix.address.description.map { $0 == ":" ? "_" : $0 })
    return "v\(prefix.address.octets.count == 4 ? 4 : 6)_\(address)_\(prefix.length)"
  }
}
