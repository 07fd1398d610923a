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
      right.seal(&sealed, sequenceNumber: packet.header.cryptographicSequenceNumber ?? 0)
      #expect(sealed.elementsEqual(datagram.bytes.prefix(sealed.count)))
    }
  }

  @Test("there are recordings of each kind")
  func kinds() {
    #expect(Set(Self.recordings.flatMap { $0.routers.map(\.authentication) }) == ["simple", "md5", "hmac-sha-256"])
  }
}
