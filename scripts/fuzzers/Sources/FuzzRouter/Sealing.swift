import OSPFWire

/// Makes length and checksums of a changed packet and of its LSAs right, as far as it still has their places, so that the change
/// comes further than to the first check.
func seal(_ packet: inout [UInt8]) {
  guard packet.count >= 24, packet.count <= UInt16.max else { return }
  let isV2 = packet[0] == 2
  packet[2] = UInt8(packet.count >> 8)
  packet[3] = UInt8(packet.count & 0xFF)
  if packet[1] == PacketType.linkStateUpdate.rawValue { sealLSAs(&packet, from: isV2 ? 28 : 20) }
  guard isV2 else { return }
  packet[12...13] = [0, 0]
  let checksum = InternetChecksum.compute(Array(packet[0..<16] + packet[24...]).rawSpan)
  packet[12...13] = [UInt8(checksum >> 8), UInt8(checksum & 0xFF)]
}

private func sealLSAs(_ packet: inout [UInt8], from start: Int) {
  var offset = start
  while offset + LSAHeader.size <= packet.count {
    let end = offset + (Int(packet[offset + 18]) << 8 | Int(packet[offset + 19]))
    guard end >= offset + LSAHeader.size, end <= packet.count,
      let checksum = FletcherChecksum.compute(Array(packet[offset..<end]).rawSpan)
    else { return }
    packet[offset + 16] = UInt8(checksum >> 8)
    packet[offset + 17] = UInt8(checksum & 0xFF)
    offset = end
  }
}
