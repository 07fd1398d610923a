/// What a daemon says of itself at one instant, as Prometheus reads it.
///
/// Names follow Prometheus's conventions: base units, `_total` for what only grows. Labels are `protocol`, `iface`, `area` and `neighbor` as
/// frr_exporter has them, so that what was built for `frr_ospf_neighbors` needs another prefix and nothing else.
struct NodeMetrics {
  var status: StatusReport
  var interfaces: [InterfaceReport]
  var neighbors: [NeighborReport]
  var services: [ServiceReport]
  var checks: [CheckReport]
  var bfd: [BFDSessionReport] = []
  var fleet: [FleetReport] = []
  var tally: MetricsRecorder.Tally

  typealias Series = MetricsText.Series

  /// So many neighbors of an instance have series of their own: a segment's strangers must not fill a monitoring system.
  static let neighborLimit = 128

  /// The whole answer.
  var text: String {
    var text = MetricsText()
    writeNode(to: &text)
    writeInterfaces(to: &text)
    writeNeighbors(to: &text)
    writeServices(to: &text)
    writeChecks(to: &text)
    writeTally(to: &text)
    writeBFD(to: &text)
    writeFleet(to: &text)
    text.finish()
    return text.text
  }

  // MARK: - The node

  private func writeNode(to text: inout MetricsText) {
    text.family("anycast_build_info", .gauge, "The version that runs.", [Series(1, ["version": status.version])])
    text.family(
      "anycast_start_time_seconds", .gauge, "When the daemon was started, in seconds since 1970.",
      [Series(Self.seconds(status.startedAt))])
    text.family(
      "anycast_health", .gauge, "Whether the node is healthy, 1 for the state that it is in.",
      HealthReport.State.allCases.map { Series(status.health?.state == $0, ["state": $0.rawValue]) })
    text.family(
      "anycast_configuration_reload_success", .gauge, "Whether the last reload succeeded; 1 before the first.",
      [Series(status.failedReload == nil)])
    text.family(
      "anycast_configuration_loaded_timestamp_seconds", .gauge, "When the configuration in force was read.",
      [Series(Self.seconds(status.configurationLoadedAt))])
    let standing = Set((status.standingProblems ?? []).filter { !$0.acknowledged }.map(\.name))
    text.family(
      "anycast_standing_problem", .gauge, "Whether a problem stands that nobody has acknowledged.",
      StandingProblemName.allCases.map { Series(standing.contains($0), ["problem": $0.rawValue]) })
    let instances = status.instances.map { (name: $0.protocol.title($0.addressFamily), report: $0) }
    text.family(
      "anycast_ospf_lsas", .gauge, "LSAs in all link state databases, by LS type.",
      instances.flatMap { instance in
        (instance.report.lsaCounts ?? [:]).sorted { $0.key < $1.key }.map {
          Series($0.value, ["protocol": instance.name, "type": $0.key])
        }
      })
    text.family(
      "anycast_ospf_advertisements", .gauge, "Prefixes that are advertised, redistributed ones included.",
      instances.map { Series($0.report.advertisements.count, ["protocol": $0.name]) })
    text.family(
      "anycast_ospf_advertisements_acknowledged", .gauge, "Advertised prefixes that every adjacent neighbor has acknowledged.",
      instances.map { Series($0.report.advertisements.count(where: \.acknowledged), ["protocol": $0.name]) })
    text.family(
      "anycast_ospf_flood_war_lsas", .gauge, "How often in a row an LSA of ours came back with what we had not said.",
      instances.map { Series($0.report.floodWar?.count ?? 0, ["protocol": $0.name]) })
  }

  // MARK: - Interfaces

  private func writeInterfaces(to text: inout MetricsText) {
    func series(_ value: (InterfaceReport) -> Double) -> [Series] {
      merged(interfaces.filter { $0.state != .absent }.map { ($0, value($0)) })
    }
    text.family(
      "anycast_ospf_interface_up", .gauge, "Whether the device of an OSPF interface exists, is up and has carrier.",
      merged(interfaces.map { ($0, $0.up ? 1 : 0) }))
    text.family(
      "anycast_ospf_neighbors", .gauge, "Neighbors of an interface in any state above Down.", series { Double($0.neighborCount) })
    text.family(
      "anycast_ospf_adjacencies", .gauge, "Neighbors of an interface in state Full.", series { Double($0.adjacencyCount) })
    text.family(
      "anycast_ospf_packets_refused_total", .counter, "Packets that were not accepted.", series { Double($0.packetsRefused) })
    text.family(
      "anycast_ospf_kernel_drops_total", .counter, "Packets that the kernel dropped before they were read.",
      series { Double($0.kernelDrops ?? 0) })
    text.family(
      "anycast_ospf_link_layer_changes_total", .counter,
      "How often OSPF packets of one address came from another station of the link than before.",
      series { Double($0.linkLayerChanges?.reduce(0) { $0 + $1.count } ?? 0) })
    text.family(
      "anycast_ospf_database_overflow", .gauge,
      "Whether an interface stays away from its network because the database had no room for what came in on it.",
      series { $0.databaseOverflow?.holdOffSeconds == nil ? 0 : 1 })
    let directions: [(String, KeyPath<InterfaceReport, PacketCounts> & Sendable)] = [
      ("received", \.packetsReceived), ("sent", \.packetsSent),
    ]
    let types: [(String, KeyPath<PacketCounts, UInt64> & Sendable)] = [
      ("hello", \.hello), ("database-description", \.databaseDescription), ("link-state-request", \.linkStateRequest),
      ("link-state-update", \.linkStateUpdate), ("link-state-acknowledgment", \.linkStateAcknowledgment),
    ]
    text.family(
      "anycast_ospf_packets_total", .counter, "OSPF packets, by direction and type.",
      directions.flatMap { direction, counts in
        types.flatMap { type, count in
          merged(
            interfaces.filter { $0.state != .absent }.map { ($0, Double($0[keyPath: counts][keyPath: count])) },
            [("direction", direction), ("type", type)])
        }
      })
  }

  /// A series for each device and instance: a device with several addresses has several OSPF interfaces, which count together.
  private func merged(
    _ values: [(InterfaceReport, Double)], _ more: [(name: String, value: String)] = []
  ) -> [Series] {
    var order: [[String]] = []
    var sums: [[String]: Double] = [:]
    for (interface, value) in values {
      let key = [interface.protocol.title(interface.addressFamily), interface.interface, interface.area]
      if sums[key] == nil { order.append(key) }
      sums[key, default: 0] += value
    }
    return order.map { key in
      var series = Series(sums[key] ?? 0)
      series.labels = [("protocol", key[0]), ("iface", key[1]), ("area", key[2])] + more
      return series
    }
  }

  // MARK: - Neighbors

  /// The states in the order of RFC 2328 section 10.1.

  private func writeNeighbors(to text: inout MetricsText) {
    let shown = neighbors.sorted { ($0.state == .full ? 0 : 1, $0.routerID) < ($1.state == .full ? 0 : 1, $1.routerID) }
      .prefix(Self.neighborLimit)
    func series(_ value: (NeighborReport) -> Double) -> [Series] {
      shown.map { neighbor in
        Series(
          value(neighbor),
          [
            "protocol": neighbor.protocol.title(neighbor.addressFamily), "iface": neighbor.interface,
            "neighbor": neighbor.routerID,
            "address": neighbor.address,
          ])
      }
    }
    text.family(
      "anycast_ospf_neighbor_state", .gauge,
      "The state of a neighbor: 0 Down, 1 Attempt, 2 Init, 3 2-Way, 4 ExStart, 5 Exchange, 6 Loading, 7 Full.",
      series { Double(NeighborStateName.allCases.firstIndex(of: $0.state) ?? 0) })
    text.family(
      "anycast_ospf_neighbor_state_changes_total", .counter,
      "How often a neighbor has changed its state since it was first heard.",
      series { Double($0.stateChangeCount) })
    text.family(
      "anycast_ospf_neighbor_retransmissions", .gauge, "LSAs that a neighbor has not acknowledged.",
      series { Double($0.retransmissionCount) })
    text.family(
      "anycast_ospf_neighbor_no_route", .gauge,
      "Whether a Full neighbor describes no link back to us, so that no route leads over it.",
      series { $0.linkBackMissing == nil ? 0 : 1 })
  }

  // MARK: - Services

  private func writeServices(to text: inout MetricsText) {
    text.family(
      "anycast_service_state", .gauge, "The state of a service, 1 for the one that it is in.",
      services.flatMap { service in
        ServiceStateName.allCases.map { Series(service.state == $0, ["service": service.name, "state": $0.rawValue]) }
      })
    text.family(
      "anycast_service_prefixes", .gauge, "Prefixes of a service.",
      services.map { Series($0.addresses.count, ["service": $0.name]) })
    text.family(
      "anycast_service_prefixes_advertised", .gauge, "Prefixes of a service that are advertised.",
      services.map { Series($0.addresses.count(where: \.advertised), ["service": $0.name]) })
    text.family(
      "anycast_service_prefixes_acknowledged", .gauge, "Prefixes of a service whose advertisement every adjacent neighbor has.",
      services.map { service in
        Series(service.addresses.count { $0.advertised && $0.acknowledged }, ["service": service.name])
      })
    text.family(
      "anycast_service_prefixes_last_resort", .gauge,
      "Prefixes that are advertised although their service is not well, because too few other nodes serve.",
      services.map { service in
        Series(service.addresses.count { $0.advertised && $0.lastResort == true }, ["service": service.name])
      })
    text.family(
      "anycast_service_state_since_timestamp_seconds", .gauge, "Since when a service has been in its state.",
      services.map { Series(Self.seconds($0.since), ["service": $0.name]) })
    text.family(
      "anycast_service_state_changes_total", .counter, "How often a service has changed its state.",
      services.map { Series(tally.serviceChanges[$0.name] ?? 0, ["service": $0.name]) })
    func traffic(_ value: (TrafficReport) -> Double) -> [Series] {
      services.flatMap { service in
        service.addresses.compactMap { address in
          address.traffic.map { Series(value($0), ["service": service.name, "prefix": address.prefix]) }
        }
      }
    }
    text.family(
      "anycast_service_received_packets_total", .counter, "Packets from other hosts to a prefix, with `count traffic`.",
      traffic { Double($0.packets) })
    text.family(
      "anycast_service_received_bytes_total", .counter, "Octets of these packets, IP headers included.",
      traffic { Double($0.octets) })
    text.family(
      "anycast_service_connections", .gauge, "TCP connections from other hosts to a prefix, with `count traffic`.",
      traffic { Double($0.connections) })
  }

  // MARK: - Checks

  private func writeChecks(to text: inout MetricsText) {
    text.family(
      "anycast_check_passing", .gauge, "Whether a check passes, degraded included.",
      checks.map { check in
        Series(
          check.state == .passing || check.state == .degraded,
          ["service": check.service, "check": String(check.number), "kind": check.kind])
      })
    let known = tally.checks.sorted { $0.key < $1.key }
    text.family(
      "anycast_check_results_total", .counter, "Results of probes.",
      known.flatMap { key, tally in
        VerdictName.allCases.map(\.rawValue).map {
          Series(tally.verdicts[$0] ?? 0, ["service": key.service, "check": String(key.number), "result": $0])
        }
      })
    text.family(
      "anycast_check_duration_seconds", .histogram, "How long probes took.",
      known.map { Series($0.value.duration, ["service": $0.key.service, "check": String($0.key.number)]) })
  }

  // MARK: - What was counted

  private func writeTally(to text: inout MetricsText) {
    func counts(_ counts: [String: UInt64], _ label: String) -> [Series] {
      counts.sorted { $0.key < $1.key }.map { one in
        var series = Series(one.value)
        series.labels = [(label, one.key)]
        return series
      }
    }
    text.family("anycast_events_total", .counter, "What happened, by kind of event.", counts(tally.events, "kind"))
    text.family(
      "anycast_ospf_refusals_total", .counter, "Packets that were not accepted, by reason.", counts(tally.refusals, "reason"))
    text.family(
      "anycast_ospf_adjacency_changes_total", .counter, "Adjacencies that came up and went down.",
      ["down", "up"].map { Series(tally.adjacencyChanges[$0] ?? 0, ["direction": $0]) })
    text.family(
      "anycast_withdrawal_duration_seconds", .histogram,
      "From the failure that takes a service down to the acknowledgment of its withdrawal by every neighbor.",
      [Series(tally.withdrawal)])
    text.family(
      "anycast_event_loop_delay_seconds", .histogram, "How late the protocol's loop comes to a timer.", [Series(tally.loopDelay)])
  }

  private static func seconds(_ time: Timestamp) -> Double { Double(time.millisecondsSince1970) / 1000 }
}
