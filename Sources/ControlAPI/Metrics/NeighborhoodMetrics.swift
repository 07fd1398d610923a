/// What other machines have to do with: BFD sessions, and the other nodes of the services.
extension NodeMetrics {
  func writeBFD(to text: inout MetricsText) {
    let shown = bfd.sorted { ($0.interface, $0.address) < ($1.interface, $1.address) }.prefix(Self.neighborLimit)
    func series(_ value: (BFDSessionReport) -> Double) -> [Series] {
      shown.map { Series(value($0), ["iface": $0.interface, "peer": $0.address]) }
    }
    text.family("anycast_bfd_session_up", .gauge, "Whether a BFD session is Up.", series { $0.isUp ? 1 : 0 })
    text.family(
      "anycast_bfd_session_down_total", .counter, "How often a BFD session has left the state Up.",
      series { Double($0.downCount) })
    text.family(
      "anycast_bfd_detection_time_seconds", .gauge, "How long the neighbor of a BFD session may be silent.",
      shown.compactMap { session in
        session.detectionTimeSeconds.map { Series($0, ["iface": session.interface, "peer": session.address]) }
      })
    text.family(
      "anycast_bfd_packets_total", .counter, "BFD packets of a session, by direction.",
      shown.flatMap { session in
        [("received", session.received), ("sent", session.sent)].map {
          Series($1, ["iface": session.interface, "peer": session.address, "direction": $0])
        }
      })
    text.family(
      "anycast_bfd_packets_refused_total", .counter, "BFD packets of a session that were not accepted.",
      series { Double($0.refused) })
  }

  func writeFleet(to text: inout MetricsText) {
    func series(_ value: (FleetReport) -> Int) -> [Series] {
      fleet.map { report in
        Series(
          value(report),
          [
            "protocol": report.protocol.title(report.addressFamily), "service": report.service, "prefix": report.prefix,
          ])
      }
    }
    text.family(
      "anycast_fleet_advertisers", .gauge,
      "Routers of the routing domain that advertise a prefix of a service, this node included.",
      series { Set($0.advertisers.map(\.routerID)).count })
    text.family(
      "anycast_fleet_advertisers_reachable", .gauge, "Those of them to which links lead that both ends confirm.",
      series { $0.reachableRouterIDs.count })
    text.family(
      "anycast_fleet_strangers", .gauge, "Those of them that `fleet members` does not name.",
      series { Set($0.advertisers.filter { $0.isMember == false }.map(\.routerID)).count })
  }
}
