import OSPFWire

/// Takes the input for a whole LSA, in both versions. What is accepted must encode back to the same octets, and an LSA that is
/// made from it must verify.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLSA(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let lsa = Array(UnsafeBufferPointer(start: data, count: size))
  for version in OSPFVersion.allCases { exercise(lsa, version) }
  return 0
}

func exercise(_ lsa: [UInt8], _ version: OSPFVersion) {
  _ = FletcherChecksum.verifies(lsa.rawSpan)
  guard let header = try? LSAHeader.decode(lsa.rawSpan, version: version) else { return }
  _ = header.key.lsType.name(version)
  _ = header.key.lsType.floodingScope(version: version)
  guard let body = decode(lsa, version) else { return }
  var writer = WireWriter()
  body.encode(into: &writer)
  precondition(writer.bytes == Array(lsa.dropFirst(LSAHeader.size)), "does not encode back to the same octets")
  guard let made = LSAEncoder.encode(header: header, body: body, version: version) else { return }
  precondition(FletcherChecksum.verifies(made.rawSpan), "the LSA that was made does not verify")
}

/// The body, or nil; the refusal must be sayable.
func decode(_ lsa: [UInt8], _ version: OSPFVersion) -> LSABody? {
  do throws(WireError) {
    return try LSABody.decode(lsa.rawSpan, version: version)
  } catch {
    precondition(!error.description.isEmpty)
    return nil
  }
}
