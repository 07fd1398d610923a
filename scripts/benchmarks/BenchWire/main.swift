import OSPFWire

let samples = Samples()
let clock = ContinuousClock()

print("ns per packet  ns per entry")

report("Hello, decode", entries: 1) { decode(samples.hello) }
report("Hello, encode", entries: 1) { samples.helloPacket.encode().count }

report("Database Description of 70 headers, decode", entries: 70) { decode(samples.databaseDescription) }
report("Database Description of 70 headers, encode", entries: 70) { samples.databaseDescriptionPacket.encode().count }

report("Link State Update of 40 AS-external-LSAs, decode", entries: 40) { decode(samples.linkStateUpdate) }
report("Link State Update of 40 AS-external-LSAs, decode and verify each LSA", entries: 40) {
  let bytes = samples.linkStateUpdate
  guard let packet = try? Packet.decode(bytes.rawSpan, version: .v2), case .linkStateUpdate(let update) = packet.body else {
    return 0
  }
  var verified = 0
  for slice in update.lsas where FletcherChecksum.verifies(bytes.rawSpan.extracting(slice.range)) { verified += 1 }
  return verified
}
report("Link State Update of 40 AS-external-LSAs, encode", entries: 40) {
  var writer = PacketWriter(header: samples.header(.linkStateUpdate), capacity: 1500)
  writer.writer.uint32(40)
  for lsa in samples.lsas { writer.append(lsa: lsa.rawSpan, lsAge: 7) }
  writer.seal()
  return writer.count
}

let lsa = samples.lsas[0]
report("AS-external-LSA, decode the body", entries: 1) {
  (try? LSABody.decode(lsa.rawSpan, version: .v2)) == nil ? 0 : 1
}
report("AS-external-LSA, originate", entries: 1) { Samples.external(1).count }
report("Fletcher checksum of 36 octets, verify", entries: 1) { FletcherChecksum.verifies(lsa.rawSpan) ? 1 : 0 }
report("Internet checksum of 1,468 octets, verify", entries: 1) {
  let bytes = samples.linkStateUpdate
  return InternetChecksum.compute(bytes.rawSpan) == 0 ? 1 : 0
}

func decode(_ bytes: [UInt8]) -> Int { (try? Packet.decode(bytes.rawSpan, version: .v2)) == nil ? 0 : 1 }

/// Runs `body`, which returns a number above zero unless it failed, in 20 rounds and prints the fastest.
func report(_ name: String, entries: Int, _ body: () -> Int) {
  let turns = 2000
  var fastest = Duration.seconds(3600)
  var returned = 0
  for _ in 0..<20 {
    fastest = min(fastest, clock.measure { for _ in 0..<turns { returned &+= body() } })
  }
  precondition(returned >= turns, "\(name): failed")
  let picoseconds = Int(fastest.components.attoseconds / 1_000_000) / turns
  print(column(picoseconds, width: 13), column(picoseconds / entries, width: 13), " ", name)
}

func column(_ picoseconds: Int, width: Int) -> String {
  let text = "\(picoseconds / 1000).\(picoseconds % 1000 / 100)"
  return String(repeating: " ", count: max(0, width - text.count)) + text
}
