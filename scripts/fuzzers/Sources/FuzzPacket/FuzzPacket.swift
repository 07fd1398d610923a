import OSPFWire

/// Takes the input for the payload of an IP datagram, in both versions. What is accepted must encode back to the same octets.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPacket(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  exercise(bytes, .v2)
  exercise(sealed(bytes), .v2)
  exercise(bytes, .v3)
  return 0
}

func exercise(_ bytes: [UInt8], _ version: OSPFVersion) {
  guard let packet = decode(bytes, version) else { return }
  precondition(packet.encode(source: bytes.rawSpan) == bytes, "does not encode back to the same octets")
  _ = packet.linkLocalSignaling?.tlvs
  for authentication in [.null, .simplePassword(secret)] + keys.map(Authentication.cryptographic) {
    _ = try? authentication.verify(bytes, packet.header)
  }
  let address = IPv6Address.unspecified
  _ = InternetChecksum.verifies(ospfv3: bytes.rawSpan, source: address, destination: address)
  guard case .linkStateUpdate(let update) = packet.body else { return }
  for slice in update.lsas { exerciseLSA(Array(bytes[slice.range]), version) }
}

let secret = Secret("sekret")

/// Keys of every algorithm, with the key IDs that are tried first. Not kept as `Authentication`, which marks its pointers in a way that
/// the leak detector does not see through.
let keys: [[CryptographicKey]] = CryptographicAlgorithm.allCases.map { algorithm in
  [0, 1, 255].map { CryptographicKey(id: $0, algorithm: algorithm, secret: secret) }
}

func exerciseLSA(_ lsa: [UInt8], _ version: OSPFVersion) {
  _ = FletcherChecksum.verifies(lsa.rawSpan)
  guard let body = try? LSABody.decode(lsa.rawSpan, version: version) else { return }
  var writer = WireWriter()
  body.encode(into: &writer)
  precondition(writer.bytes == Array(lsa.dropFirst(LSAHeader.size)), "the LSA does not encode back to the same octets")
}

/// The packet, or nil; the refusal must be sayable.
func decode(_ bytes: [UInt8], _ version: OSPFVersion) -> Packet? {
  do throws(WireError) {
    return try Packet.decode(bytes.rawSpan, version: version)
  } catch {
    precondition(!error.description.isEmpty)
    return nil
  }
}

/// The input with the checksum of OSPFv2 made right, which no fuzzer guesses.
func sealed(_ bytes: [UInt8]) -> [UInt8] {
  guard bytes.count >= 24 else { return bytes }
  let length = Int(bytes[2]) << 8 | Int(bytes[3])
  guard (24...bytes.count).contains(length) else { return bytes }
  var sealed = bytes
  sealed[12...13] = [0, 0]
  let checksum = InternetChecksum.compute(Array(sealed[0..<16] + sealed[24..<length]).rawSpan)
  sealed[12...13] = [UInt8(checksum >> 8), UInt8(checksum & 0xFF)]
  return sealed
}
