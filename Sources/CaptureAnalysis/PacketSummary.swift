import OSPFProtocol
import OSPFWire
import PacketCapture

/// A packet in one line.
extension InspectedPacket {
  /// Frame, time since the first packet, addresses, type, sender, what matters most in the body, and what is wrong. Of the LSAs, those
  /// come first that `filter` asks for.
  public func summary(since start: Duration, filter: PacketFilter = PacketFilter()) -> String {
    let time = CaptureTime.seconds(datagram.timestamp - start)
    var line = "\(padded("\(frame)", 5)) \(padded(time, 12))  \(datagram.source) > \(datagram.destination)  "
    if let header {
      line += "OSPFv\(header.version.rawValue) \(header.type) from \(header.routerID), area \(header.areaID)\(authentication)"
      if let body = packet?.body {
        line += summary(of: body, filter)
      } else if !lsas.isEmpty {
        line += summary(of: lsas.map(\.header), filter)
      }
    } else {
      line += "\(datagram.bytes.count) octets that are no OSPF packet"
    }
    return line + problems.map { " [\($0)]" }.joined()
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  private var authentication: String {
    let verdict = isAuthentic == true ? ", verified" : ""
    if let trailer = authenticationTrailer { return ", authenticated (SA \(trailer.securityAssociationID)\(verdict))" }
    guard case .v2(let type, _) = header?.extent else { return "" }
    switch type {
    case 0: return ""
    case 1: return ", simple password\(verdict)"
    case 2: return ", cryptographic authentication (key \(header?.cryptographicKeyID ?? 0)\(verdict))"
    default: return ", AuType \(type)"
    }
  }

  private func summary(of body: Packet.Body, _ filter: PacketFilter) -> String {
    switch body {
    case .hello(let hello):
      let neighbors = hello.neighbors.isEmpty ? "none" : hello.neighbors.map(\.description).joined(separator: " ")
      return ", DR \(hello.designatedRouter), BDR \(hello.backupDesignatedRouter), priority \(hello.priority), "
        + "intervals \(hello.helloInterval)/\(hello.routerDeadInterval) s, neighbors \(neighbors)"
    case .databaseDescription(let description):
      let flags = description.flags.names.joined(separator: " ")
      return ", MTU \(description.interfaceMTU), flags \(flags.isEmpty ? "none" : flags), "
        + "sequence \(description.sequenceNumber)" + summary(of: description.lsaHeaders, filter)
    case .linkStateRequest(let request): return summary(of: request.requests, filter)
    case .linkStateUpdate: return summary(of: lsas.map(\.header), filter)
    case .linkStateAcknowledgment(let acknowledgment): return summary(of: acknowledgment.lsaHeaders, filter)
    }
  }

  private func summary(of headers: [LSAHeader], _ filter: PacketFilter) -> String {
    list(headers, where: { filter.accepts($0.key) }) { header in
      "\(header.key.words(version)) \(header.sequenceNumber) age \(header.lsAge)"
    }
  }

  private func summary(of keys: [LSAKey], _ filter: PacketFilter) -> String {
    list(keys, where: filter.accepts) { $0.words(version) }
  }

  private var version: OSPFVersion { header?.version ?? datagram.ospfVersion }

  /// At most three; the rest is counted.
  private func list<Element>(
    _ elements: [Element], where isWanted: (Element) -> Bool, words: (Element) -> String
  ) -> String {
    let wanted = elements.filter(isWanted)
    guard !wanted.isEmpty else { return elements.isEmpty ? "" : ", \(elements.count) LSAs" }
    let shown = wanted.prefix(3).map(words).joined(separator: ", ")
    let others = elements.count - min(wanted.count, 3)
    return ": " + shown + (others > 0 ? " and \(others) more" : "")
  }
}
