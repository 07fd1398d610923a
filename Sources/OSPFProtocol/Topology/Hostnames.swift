import OSPFWire

/// RFC 5642: what routers call themselves.
extension Router {
  /// The dynamic hostnames that the databases tell, ours included. Of a router that tells several, that of the lowest area counts.
  public func hostnames(at now: Instant) -> [RouterID: String] {
    var names: [RouterID: String] = [:]
    for database in areas.map(\.database) + [asDatabase] {
      for slot in database.slots {
        let entry = database[slot]
        guard RouterInformation.isType(entry.key.lsType, entry.key.linkStateID, version: database.version),
          names[entry.key.advertisingRouter] == nil, database.lsAge(slot, at: now) < ProtocolConstants.maxAge,
          let body = try? LSABody.decode(entry.bytes.rawSpan, version: database.version), case .opaque(let octets) = body,
          let information = try? RouterInformation.decode(octets.rawSpan)
        else { continue }
        names[entry.key.advertisingRouter] = information.hostname
      }
    }
    return names
  }
}
