import OSPFProtocol
import OSPFWire
import PacketCapture

/// A packet in one line.
extension InspectedPacket {
  /// Appends frame, time since the first packet, addresses, type, sender, what matters most in the body, and what is wrong. Of the
  /// LSAs, those come first that `filter` asks for.
  public func appendSummary(to text: inout TextBuffer, since start: Duration, filter: PacketSelection = PacketSelection()) {
    text.append(frame, paddedTo: 5)
    text.append(" ")
    text.append(CaptureTime(datagram.timestamp - start), paddedTo: 12)
    text.append("  ", datagram.source, " > ", datagram.destination, "  ")
    if let header {
      text.append("OSPFv", header.version.rawValue, " ", header.type.description)
      text.append(" from ", header.routerID, ", area ", header.areaID)
      appendAuthentication(to: &text)
      appendBody(to: &text, filter)
    } else {
      text.append(datagram.bytes.count, " octets that are no OSPF packet")
    }
    for problem in problems { text.append(" [", problem, "]") }
  }

  private func appendAuthentication(to text: inout TextBuffer) {
    let verdict = isAuthentic == true ? ", verified" : ""
    if let trailer = authenticationTrailer {
      return text.append(", authenticated (SA ", trailer.securityAssociationID, verdict, ")")
    }
    guard case .v2(let type, _) = header?.extent else { return }
    switch type {
    case 0: break
    case 1: text.append(", simple password", verdict)
    case 2: text.append(", cryptographic authentication (key ", header?.cryptographicKeyID ?? 0, verdict, ")")
    default: text.append(", AuType ", type)
    }
  }

  private func appendBody(to text: inout TextBuffer, _ filter: PacketSelection) {
    switch packet?.body {
    case .hello(let hello):
      text.append(", DR ", hello.designatedRouter, ", BDR ", hello.backupDesignatedRouter, ", priority ", hello.priority)
      text.append(", intervals ", hello.helloInterval, "/", hello.routerDeadInterval, " s, neighbors")
      if hello.neighbors.isEmpty { text.append(" none") }
      for neighbor in hello.neighbors { text.append(" ", neighbor) }
    case .databaseDescription(let description):
      text.append(", MTU ", description.interfaceMTU, ", flags")
      let flags = description.flags.names
      if flags.isEmpty { text.append(" none") }
      for flag in flags { text.append(" ", flag) }
      text.append(", sequence ", description.sequenceNumber)
      append(description.lsaHeaders, to: &text, filter)
    case .linkStateRequest(let request):
      append(request.requests, to: &text, filter.accepts) { key, text in key.appendWords(version, to: &text) }
    case .linkStateAcknowledgment(let acknowledgment): append(acknowledgment.lsaHeaders, to: &text, filter)
    case .linkStateUpdate, nil:
      append(lsas, to: &text, { filter.accepts($0.header.key) }) { lsa, text in append(lsa.header, to: &text) }
    }
  }

  private func append(_ headers: [LSAHeader], to text: inout TextBuffer, _ filter: PacketSelection) {
    append(headers, to: &text, { filter.accepts($0.key) }) { header, text in append(header, to: &text) }
  }

  private func append(_ header: LSAHeader, to text: inout TextBuffer) {
    header.key.appendWords(version, to: &text)
    text.append(" ", header.sequenceNumber, " age ", header.lsAge)
  }

  private var version: OSPFVersion { header?.version ?? datagram.ospfVersion }

  /// At most three; the rest is counted.
  private func append<Element>(
    _ elements: [Element], to text: inout TextBuffer, _ isWanted: (Element) -> Bool, _ words: (Element, inout TextBuffer) -> Void
  ) {
    let limit = 3
    var count = 0
    for element in elements where isWanted(element) {
      text.append(count == 0 ? ": " : ", ")
      words(element, &text)
      count += 1
      if count == limit { break }
    }
    let others = elements.count - count
    guard others > 0 else { return }
    if count == 0 { text.append(", ", others, " LSAs") } else { text.append(" and ", others, " more") }
  }
}

extension LSAKey {
  fileprivate func appendWords(_ version: OSPFVersion, to text: inout TextBuffer) {
    text.append(lsType.name(version), " ", linkStateID, " of ", advertisingRouter)
  }
}

extension TextBuffer {
  /// Spaces, as many as are missing from `width`, and a part.
  fileprivate mutating func append(_ part: some TextWritable, paddedTo width: Int) {
    let start = count
    append(part)
    pad(from: start, to: width)
  }
}
