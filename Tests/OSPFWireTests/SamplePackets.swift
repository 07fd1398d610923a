/// Packets written down octet by octet from RFC 2328 section A.3, checksums left to `Reference.sealed`.
enum SamplePackets {
  static let hello = Reference.sealed(
    octets(
      "02 01 0030",  // version 2, type 1, packet length 48
      "0aff0001",  // router ID 10.255.0.1
      "00000000",  // area ID 0.0.0.0
      "0000 0000",  // checksum, AuType 0
      "00000000 00000000",  // authentication
      "ffffff00",  // network mask 255.255.255.0
      "000a 02 01",  // HelloInterval 10, options E, Rtr Pri 1
      "00000028",  // RouterDeadInterval 40
      "0a090001",  // Designated Router 10.9.0.1
      "0a090002",  // Backup Designated Router 10.9.0.2
      "0aff0002"))  // neighbor 10.255.0.2

  static let databaseDescription = Reference.sealed(
    octets(
      "02 02 0034",  // version 2, type 2, packet length 52
      "0aff0001 00000001",  // router ID, area ID 0.0.0.1
      "0000 0000 00000000 00000000",  // checksum, AuType 0, authentication
      "05dc 42 07",  // interface MTU 1500, options O and E, flags I, M and MS
      "12345678",  // DD sequence number
      "0e10 02 01",  // LS age 3600, options E, LS type 1
      "0aff0001 0aff0001",  // Link State ID, Advertising Router
      "80000003 abcd 0030"))  // LS sequence number, checksum, length

  static let linkStateRequest = Reference.sealed(
    octets(
      "02 03 0030",  // version 2, type 3, packet length 48
      "0aff0001 00000000",  // router ID, area ID
      "0000 0000 00000000 00000000",  // checksum, AuType 0, authentication
      "00000001 0aff0002 0aff0002",  // LS type 1, Link State ID, Advertising Router
      "00000005 c0000200 0aff0002"))  // LS type 5, Link State ID 192.0.2.0, Advertising Router

  static let linkStateUpdate = Reference.sealed(
    octets(
      "02 04 005c",  // version 2, type 4, packet length 92
      "0aff0001 00000000",  // router ID, area ID
      "0000 0000 00000000 00000000",  // checksum, AuType 0, authentication
      "00000002",  // number of LSAs
      "0001 02 05 c0000200 0aff0001 80000001 0000 0024",  // LSA header, LS type 5, length 36
      "ffffff00 80 000014 00000000 00000000",  // mask, E-bit, metric 20, forwarding address, tag
      "0002 02 02 0a090001 0aff0001 80000001 0000 001c",  // LSA header, LS type 2, length 28
      "ffffff00 0aff0001"))  // mask, attached router

  static let linkStateAcknowledgment = Reference.sealed(
    octets(
      "02 05 0040",  // version 2, type 5, packet length 64
      "0aff0001 00000000",  // router ID, area ID
      "0000 0000 00000000 00000000",  // checksum, AuType 0, authentication
      "0001 02 05 c0000200 0aff0001 80000001 1111 0024",  // LSA header
      "8e10 00 0a 01000000 0aff0002 7fffffff 2222 0020"))  // LSA header with DoNotAge, LS type 10

  /// RFC 2328 section D.3: AuType 2, the message digest of 16 octets after the packet's length.
  static let cryptographicHello = octets(
    "02 01 002c 0aff0001 00000000",
    "0000 0002",  // checksum zero, AuType 2
    "0000 07 10 00000063",  // zero, key ID 7, authentication data length 16, sequence number 99
    "ffffff00 000a 02 01 00000028 00000000 00000000",
    "000102030405060708090a0b0c0d0e0f")

  /// RFC 5613: the L-bit in the options, and after the packet's length a block with the Extended Options TLV.
  static let signalingHello =
    Reference.sealed(
      octets(
        "02 01 002c 0aff0001 00000000 0000 0000 00000000 00000000",
        "ffffff00 000a 12 01 00000028 00000000 00000000"))  // options L and E
    + octets(
      "fff6 0003",  // checksum, length 3 words
      "0001 0004 00000001")  // type 1, length 4, LR-bit

  static let all = [
    hello, databaseDescription, linkStateRequest, linkStateUpdate, linkStateAcknowledgment, cryptographicHello, signalingHello,
  ]
}
