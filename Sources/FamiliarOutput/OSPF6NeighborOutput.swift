import ControlAPI
import OSPFWire

/// `show ipv6 ospf6 neighbor`
struct OSPF6NeighborOutput {
  private let instance: InstanceState
  private let isDetailed: Bool
  private let neighbors: [NeighborReport]

  init(_ instance: InstanceState, _ selection: ShowCommand.NeighborSelection) {
    self.instance = instance
    isDetailed = selection.isDetailed
    neighbors = instance.neighbors.filter { (selection.routerID ?? $0.routerID) == $0.routerID }
  }

  private func interfaceState(_ neighbor: NeighborReport) -> String { instance.interface(of: neighbor)?.ospf6State ?? "Down" }

  /// What the neighbor is on the network.
  private func role(_ neighbor: NeighborReport) -> String {
    switch (instance.interface(of: neighbor)?.networkType, neighbor.role) {
    case (.pointToPoint, _): "PointToPoint"
    case (.pointToMultipoint, _): "PtMultipoint"
    case (_, .dr): "DR"
    case (_, .backup): "BDR"
    default: "DROther"
    }
  }

  private func deadTime(_ neighbor: NeighborReport) -> String { neighbor.deadSeconds.map(Clock.ospf6) ?? "00:00:00" }

  var text: String {
    if isDetailed { return neighbors.map(detailedText).joined() }
    let rows = neighbors.map { neighbor in
      "\(neighbor.routerID.trailing(15)) \(neighbor.priority.leading(3)) \(deadTime(neighbor).leading(11)) "
        + "\(neighbor.ospf6State.leading(8))/\(role(neighbor).trailing(12)) "
        + "\(Clock.ospf6(neighbor.stateAgeSeconds).leading(11)) \(neighbor.interface)[\(interfaceState(neighbor))]\n"
    }
    return "Neighbor ID     Pri    DeadTime    State/IfState         Duration I/F[State]\n" + rows.joined()
  }

  /// `drchoice`
  var choiceText: String {
    let rows = neighbors.map { neighbor in
      "\(neighbor.routerID.trailing(15)) \(neighbor.ospf6State.leading(8))/\(Clock.ospf6(neighbor.stateAgeSeconds).trailing(11)) "
        + "\((neighbor.designatedRouter ?? "0.0.0.0").trailing(15)) \((neighbor.backupDesignatedRouter ?? "0.0.0.0").trailing(15)) "
        + "\(neighbor.interface)[\(interfaceState(neighbor))]\n"
    }
    return "RouterID           State/Duration    DR              BDR             I/F[State]\n" + rows.joined()
  }

  private static let queues = ["DbDesc", "LSReq", "LSUpdate", "LSAck"]

  private func detailedText(_ neighbor: NeighborReport) -> String {
    let queues = Self.queues.map { "    0 Pending LSAs for \($0) in Time 00:00:00 [thread off]\n" }.joined()
    let choice = "\(neighbor.designatedRouter ?? "0.0.0.0")/\(neighbor.backupDesignatedRouter ?? "0.0.0.0")"
    return """
       Neighbor \(neighbor.routerID)%\(neighbor.interface)
          Area \(neighbor.area) via interface \(neighbor.interface) (ifindex \(instance.interface(of: neighbor)?.index ?? 0))
          His IfIndex: \(neighbor.interfaceID ?? 0) Link-local address: \(neighbor.address)
          State \(neighbor.ospf6State) for a duration of \(Clock.ospf6(neighbor.stateAgeSeconds))
          His choice of DR/BDR \(choice), Priority \(neighbor.priority)
          DbDesc status: \(neighbor.master ? "Master" : "Slave") SeqNum: 0x\(neighbor.ddSequenceNumber.hexadecimal())
          Summary-List: \(neighbor.summaryCount) LSAs
          Request-List: \(neighbor.requestCount) LSAs
          Retrans-List: \(neighbor.retransmissionCount) LSAs
      \(queues)    Authentication header not present

      """
  }

  var json: JSON {
    guard !isDetailed else {
      let members = neighbors.map { JSON.Member(key: "\($0.routerID)%\($0.interface)", value: detailedJSON($0)) }
      return .object(members)
    }
    let rows = neighbors.map { neighbor -> JSON in
      [
        "neighborId": .text(neighbor.routerID), "priority": .number(neighbor.priority), "deadTime": .text(deadTime(neighbor)),
        "state": .text(neighbor.ospf6State), "ifState": .text(role(neighbor)),
        "duration": .text(Clock.ospf6(neighbor.stateAgeSeconds)), "interfaceName": .text(neighbor.interface),
        "interfaceState": .text(interfaceState(neighbor)),
      ]
    }
    return ["neighbors": .array(rows)]
  }

  var choiceJSON: JSON {
    let rows = neighbors.map { neighbor -> JSON in
      [
        "routerId": .text(neighbor.routerID), "state": .text(neighbor.ospf6State),
        "duration": .text(Clock.ospf6(neighbor.stateAgeSeconds)), "dRouter": .text(neighbor.designatedRouter ?? "0.0.0.0"),
        "bdRouter": .text(neighbor.backupDesignatedRouter ?? "0.0.0.0"), "interfaceName": .text(neighbor.interface),
        "interfaceState": .text(interfaceState(neighbor)),
      ]
    }
    return ["neighbors": .array(rows)]
  }

  private func detailedJSON(_ neighbor: NeighborReport) -> JSON {
    var json: JSON = [
      "area": .text(neighbor.area), "interface": .text(neighbor.interface),
      "interfaceIndex": .number(Int(instance.interface(of: neighbor)?.index ?? 0)),
      "neighborInterfaceIndex": .number(Int(neighbor.interfaceID ?? 0)), "linkLocalAddress": .text(neighbor.address),
      "neighborState": .text(neighbor.ospf6State), "neighborStateDuration": .text(Clock.ospf6(neighbor.stateAgeSeconds)),
      "neighborDRouter": .text(neighbor.designatedRouter ?? "0.0.0.0"),
      "neighborBdRouter": .text(neighbor.backupDesignatedRouter ?? "0.0.0.0"),
      "dbDescStatus": neighbor.master ? "Master" : "Slave", "dbDescSeqNumber": .number(Int(neighbor.ddSequenceNumber)),
    ]
    // The lists themselves are the engine's business; their lengths tell whether the exchange goes on.
    for (name, count) in [
      ("summaryList", neighbor.summaryCount), ("requestList", neighbor.requestCount),
      ("reTransList", neighbor.retransmissionCount),
    ] {
      json.set(name + "Count", .number(count))
      json.set(name + "Lsa", [])
    }
    for name in ["DbDesc", "LsReq", "LsUpdate", "LsAck"] { json.addIdleQueue(name) }
    json.set("authStatus", "disabled")
    return json
  }
}

extension JSON {
  /// What waits to be sent in ospf6d. Here every turn of the loop sends all that it causes, so that nothing ever does.
  mutating func addIdleQueue(_ name: String) {
    set("pendingLsa\(name)Count", 0)
    set("pendingLsa\(name)Time", "00:00:00")
    set(name.prefix(1).lowercased() + name.dropFirst() + "SendThread", "off")
    set("pendingLsa\(name)", [])
  }
}

extension NeighborReport {
  /// ospf6d's spelling of the states.
  fileprivate var ospf6State: String {
    switch state {
    case .twoWay: "Twoway"
    case .exchange: "ExChange"
    default: state.rawValue
    }
  }
}

extension InterfaceReport {
  /// ospf6d's spelling of the states.
  var ospf6State: String {
    switch (state, networkType) {
    case (.pointToPoint, .pointToMultipoint): "PtMultipoint"
    case (.pointToPoint, _): "PointToPoint"
    case (.backup, _): "BDR"
    default: state.rawValue
    }
  }
}
