import CLinux
import Glibc

/// Protocols of netlink (linux/netlink.h).
enum NetlinkProtocol {
  static let socketDiagnosis: Int32 = 4
  static let netfilter: Int32 = 12
}

/// NFNL_MSG_BATCH_BEGIN and NFNL_MSG_BATCH_END (linux/netfilter/nfnetlink.h).
enum NetfilterBatch {
  static let begin = 0x10
  static let end = 0x11
}

/// nf_tables' numbers (linux/netfilter/nf_tables.h), as far as they are needed here.
enum NFTables {
  static let subsystem: UInt16 = 10

  enum Message {
    static let newTable = 0
    static let deleteTable = 2
    static let newChain = 3
    static let newRule = 6
    static let newObject = 18
    static let getObject = 19
  }

  /// NFT_TABLE_F_OWNER: the table goes with the socket that made it, also when the process has crashed (Linux 5.12).
  static let tableIsOwned: UInt32 = 2
  /// NFT_REG_VERDICT and NFT_REG_1.
  static let verdictRegister: UInt32 = 0
  static let register: UInt32 = 1
  /// NFT_OBJECT_COUNTER
  static let counter: UInt32 = 1
  /// NFPROTO_INET, NFPROTO_IPV4 and NFPROTO_IPV6
  static let inet: UInt8 = 1
  static let ipv4: UInt8 = 2
  static let ipv6: UInt8 = 10
  /// NFT_META_IIFTYPE and NFT_META_NFPROTO
  static let interfaceType: UInt32 = 8
  static let networkProtocol: UInt32 = 15
  /// ARPHRD_LOOPBACK
  static let loopbackType: UInt16 = 772
  /// NFT_RETURN
  static let returnVerdict = Int32(-5)
  /// NF_INET_PRE_ROUTING, before connection tracking and everything else.
  static let prerouting: UInt32 = 0
  static let priority = Int32(-450)
}

/// Attributes in attributes, in nf_tables' byte order.
struct NetfilterAttributes {
  private(set) var octets: [UInt8] = []

  mutating func append(_ type: Int, _ value: [UInt8]) {
    withUnsafeBytes(of: UInt16(truncatingIfNeeded: 4 + value.count)) { octets += $0 }
    withUnsafeBytes(of: UInt16(truncatingIfNeeded: type)) { octets += $0 }
    octets += value
    octets += repeatElement(0, count: (4 - value.count % 4) % 4)
  }

  mutating func append(_ type: Int, number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { append(type, Array($0)) }
  }

  mutating func append(_ type: Int, text: String) { append(type, Array(text.utf8) + [0]) }

  mutating func append(_ type: Int, _ nested: (inout NetfilterAttributes) -> Void) {
    var inner = NetfilterAttributes()
    nested(&inner)
    append(type | Int(NLA_F_NESTED), inner.octets)
  }

  /// An expression of a rule: NFTA_LIST_ELEM with NFTA_EXPR_NAME and NFTA_EXPR_DATA.
  mutating func appendExpression(_ name: String, _ data: (inout NetfilterAttributes) -> Void) {
    append(1) { element in
      element.append(1, text: name)
      element.append(2, data)
    }
  }

  /// Loads what a packet says of itself.
  mutating func appendMeta(_ key: UInt32) {
    appendExpression("meta") {
      $0.append(1, number: NFTables.register)
      $0.append(2, number: key)
    }
  }

  /// Goes on where the register has this value.
  mutating func appendComparison(_ value: [UInt8]) {
    appendExpression("cmp") {
      $0.append(1, number: NFTables.register)
      $0.append(2, number: UInt32(0))
      $0.append(3) { $0.append(1, value) }
    }
  }
}

extension NetlinkRequest {
  /// The begin or the end of a batch: an `nfgenmsg` that names the subsystem.
  static func batchLimit(_ type: Int, _ subsystem: UInt16) -> NetlinkRequest {
    var request = NetlinkRequest(type: type, flags: 0)
    request.append(UInt8(0))
    request.append(UInt8(0))
    request.append(subsystem.bigEndian)
    return request
  }

  /// A message of nf_tables about the family `inet`.
  static func netfilter(
    _ message: Int, flags: Int32 = 0, _ attributes: (inout NetfilterAttributes) -> Void
  ) -> NetlinkRequest {
    var request = NetlinkRequest(type: Int(NFTables.subsystem) << 8 | message, flags: flags)
    request.append(NFTables.inet)
    request.append(UInt8(0))
    request.append(UInt16(0))
    var inner = NetfilterAttributes()
    attributes(&inner)
    request.append(octets: inner.octets)
    return request
  }
}
