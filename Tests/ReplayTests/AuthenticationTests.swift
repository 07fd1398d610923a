import CaptureAnalysis
import OSPFWire
import PacketCapture
import Testing

/// What FRR and BIRD put on their packets is what this project verifies, and what it would have put on them.
@Suite("Recorded authentication")
struct AuthenticationTests {
  private static let recordings = DescribedRecording.adjacencies.filter {
    $0.version == .v2 && $0.routers.contains { $0.authentication != "none" }
  }

  /// The recordings' own word for it, with a key.
  private static func authentication(_ word: String, _ secret: String) throws -> Authentication {
    switch word {
    case "simple": .simplePassword(Secret(secret))
    case "md5": .cryptographic([CryptographicKey(id: 1, secret: Secret(secret))])
    default:
      .cryptographic([
        CryptographicKey(id: 1, algorithm: try #require(CryptographicAlgorithm(rawValue: word)), secret: Secret(secret))
      ])
    }
  }

  @Test("every packet verifies with the key, none with another, and sealed again it has the same octets", arguments: recordings)
  func packets(_ recording: DescribedRecording) throws {
    let word = try #require(recording.routers.first).authentication
    let right = try Self.authentication(word, "Secret"), wrong = try Self.authentication(word, "secret")
    let datagrams = try CaptureReader.read(path: "\(DescribedRecording.directory)/\(recording.name).pcap").datagrams
    #expect(datagrams.count > 20)
    for datagram in datagrams {
      let packet = try Packet.decode(datagram.bytes.rawSpan, version: .v2)
      #expect(throws: Never.self) { try right.verify(datagram.bytes, packet.header) }
      #expect(throws: AuthenticationError.self) { try wrong.verify(datagram.bytes, packet.header) }
      var plain = packet
      plain.header.extent = .v2(authenticationType: 0, authentication: 0)
      plain.authenticationData = []
      plain.linkLocalSignaling = nil
      plain.trailer = []
      var sealed = plain.encode(source: datagram.bytes.rawSpan)
      right.seal(&sealed, sequenceNumber: packet.cryptographicSequenceNumber ?? 0)
      #expect(sealed.elementsEqual(datagram.bytes.prefix(sealed.count)))
    }
  }

  @Test("there are recordings of each kind")
  func kinds() {
    #expect(Set(Self.recordings.flatMap { $0.routers.map(\.authentication) }) == ["simple", "md5", "hmac-sha-256"])
  }

  private static let authenticated = DescribedRecording.adjacencies.filter { recording in
    recording.routers.contains { $0.authentication != "none" }
  }

  /// What is said of each packet of a recording, with its sender's software.
  private static func inspected(_ recording: DescribedRecording, _ key: PacketKey) -> [(packet: InspectedPacket, isFRR: Bool)] {
    recording.recording.packets.map { packet in
      let sender = recording.routers.first { $0.interfaceAddress == packet.datagram.source.description }
      return (
        InspectedPacket(packet.datagram, frame: packet.frame, keys: [key]), sender?.software.hasPrefix("FRR") ?? false
      )
    }
  }

  @Test(
    "with the key, decoding says that every packet is authentic, but for the order of two octets in FRR's OSPFv3",
    arguments: authenticated)
  func rightKey(_ recording: DescribedRecording) {
    for id in [nil, UInt16(1)] {
      for (packet, isFRR) in Self.inspected(recording, PacketKey(id: id, secret: Secret("Secret"))) {
        let isOther = recording.version == .v3 && isFRR
        #expect(packet.isAuthentic == !isOther)
        #expect(
          packet.problems
            == (isOther
              ? [
                "the digest is right only with the Cryptographic Protocol ID in little-endian order, as FRR puts it behind the key"
              ] : []))
      }
    }
  }

  @Test(
    "with another key, decoding says of every packet that its digest or password is not that of the key", arguments: authenticated
  )
  func wrongKey(_ recording: DescribedRecording) throws {
    let word = try #require(recording.routers.first).authentication
    let expected =
      word == "simple"
      ? "the simple password is not the given one"
      : "the \(word) digest is wrong: key 1 is not the given one, or the packet was changed"
    for (packet, _) in Self.inspected(recording, PacketKey(secret: Secret("secret"))) {
      #expect(packet.isAuthentic == false)
      #expect(packet.problems == [expected])
    }
    guard word != "simple" else { return }
    for (packet, _) in Self.inspected(recording, PacketKey(id: 2, secret: Secret("Secret"))) {
      #expect(packet.problems == ["key 1 is not among the given ones"])
    }
  }

  @Test("a single changed bit of the body is noticed with the key", arguments: authenticated)
  func changedPacket(_ recording: DescribedRecording) throws {
    guard try #require(recording.routers.first).authentication != "simple" else { return }
    for packet in recording.recording.packets where packet.type == .hello {
      var datagram = packet.datagram
      // The Router ID is covered by the digest and by no check of lengths.
      datagram.bytes[7] ^= 1
      let changed = InspectedPacket(datagram, frame: packet.frame, keys: [PacketKey(secret: Secret("Secret"))])
      #expect(changed.isAuthentic == false)
    }
  }
}
