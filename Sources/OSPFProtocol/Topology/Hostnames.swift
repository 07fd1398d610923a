import OSPFWire

/// RFC 5642: what routers call themselves.
extension Router {
  /// The dynamic hostnames that the databases tell, ours included. Of a router that tells several, that of the lowest area counts.
  public func hostnames(at now: Instant) -> [RouterID: String] {
    var names: [RouterID: String] = [:]
    for database in areas.map(\.database) + [asDatabase] {
      for slot in database.slots {
        let key = database.key(slot)
        guard RouterInformation.isType(key.lsType, key.linkStateID, version: database.version),
          names[key.advertisingRouter] == nil, database.lsAge(slot, at: now) < ProtocolConstants.maxAge,
          case .opaque(let octets)? = database.body(slot),
          let information = try? RouterInformation.decode(octets.rawSpan)
        else { continue }
        names[key.advertisingRouter] = information.hostname
      }
    }
    return names
  }
}
