/// The names that people use for numbers of the DNS (IANA, Domain Name System Parameters).
public enum DNSMnemonic {
  private static let recordTypes: [String: UInt16] = [
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "KEY": 25,
    "AAAA": 28, "LOC": 29, "SRV": 33, "NAPTR": 35, "CERT": 37, "DNAME": 39, "DS": 43, "SSHFP": 44, "RRSIG": 46, "NSEC": 47,
    "DNSKEY": 48, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "SMIMEA": 53, "CDS": 59, "CDNSKEY": 60, "OPENPGPKEY": 61,
    "CSYNC": 62, "ZONEMD": 63, "SVCB": 64, "HTTPS": 65, "SPF": 99, "ANY": 255, "URI": 256, "CAA": 257,
  ]

  private static let responseCodes = [
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE",
  ]

  /// The mnemonics of all record types, for whoever looks for the nearest one.
  public static var recordTypeNames: [String] { recordTypes.keys.sorted() }

  /// The mnemonics of all response codes.
  public static var responseCodeNames: [String] { responseCodes }

  /// The number of a record type: a mnemonic in upper case, or `TYPE` and a number (RFC 3597 section 5).
  public static func recordType(_ name: String) -> UInt16? {
    if let number = recordTypes[name] { return number }
    guard name.hasPrefix("TYPE") else { return nil }
    let digits = name.dropFirst(4)
    return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(digits) : nil
  }

  /// The mnemonic of a response code, `RCODE` and the number when it has none.
  public static func name(ofResponseCode code: UInt8) -> String {
    responseCodes.indices.contains(Int(code)) ? responseCodes[Int(code)] : "RCODE\(code)"
  }
}
