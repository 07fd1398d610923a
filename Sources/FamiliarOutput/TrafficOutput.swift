import ControlAPI

/// `show ip ospf interface traffic` and `show ipv6 ospf6 interface traffic`
struct TrafficOutput {
  private let interfaces: [InterfaceReport]

  init(_ instance: InstanceState, only name: String?) throws(ShowError) {
    interfaces = try instance.interfaces(named: name)
  }

  var ospfText: String { table(isQueueShown: true) }

  var ospf6Text: String { table(isQueueShown: false) }

  /// The titles do not stand exactly above their columns, in ospfd as in ospf6d.
  private func table(isQueueShown: Bool) -> String {
    let types = "HELLO            DB-Desc         LS-Req           LS-Update        "
    let titles = "Interface".trailing(16) + types + (isQueueShown ? "LS-Ack            Packets      " : "LS-Ack        ")
    let units =
      String(repeating: "Rx/Tx".trailing(17), count: 4) + (isQueueShown ? "Rx/Tx            Queued       " : "Rx/Tx        ")
    let rows = interfaces.map { interface in
      let counts = interface.countsByType.enumerated().map { number, count in
        let width = number == 0 ? 8 : 7
        return " \(count.received.leading(width))/\(String(count.sent).trailing(width))"
      }
      return interface.interface.trailing(10) + counts.joined() + (isQueueShown ? " " + 0.leading(12) : "")
    }
    let head = ["", titles, String(repeating: " ", count: 16) + units, String(repeating: "-", count: isQueueShown ? 109 : 92)]
    return (head + rows).joined(separator: "\n") + "\n"
  }

  var ospfJSON: JSON {
    json { interface in
      var json: JSON = ["ifIndex": .number(Int(interface.index ?? 0))]
      for (name, count) in zip(["hello", "dbDesc", "lsReq", "lsUpd", "lsAck"], interface.countsByType) {
        json.set(name + "In", .number(Int(count.received)))
        json.set(name + "Out", .number(Int(count.sent)))
      }
      json.set("packetsQueued", 0)
      return json
    }
  }

  var ospf6JSON: JSON {
    json { interface in
      var json: JSON = [:]
      for (name, count) in zip(["hello", "dbDesc", "lsReq", "lsUpdate", "lsAck"], interface.countsByType) {
        json.set(name + "Rx", .number(Int(count.received)))
        json.set(name + "Tx", .number(Int(count.sent)))
      }
      return json
    }
  }

  private func json(_ value: (InterfaceReport) -> JSON) -> JSON {
    var members: JSON = [:]
    for interface in interfaces { members.set(interface.interface, value(interface)) }
    return members
  }
}

extension InterfaceReport {
  fileprivate var countsByType: [(received: UInt64, sent: UInt64)] {
    [
      (packetsReceived.hello, packetsSent.hello), (packetsReceived.databaseDescription, packetsSent.databaseDescription),
      (packetsReceived.linkStateRequest, packetsSent.linkStateRequest),
      (packetsReceived.linkStateUpdate, packetsSent.linkStateUpdate),
      (packetsReceived.linkStateAcknowledgment, packetsSent.linkStateAcknowledgment),
    ]
  }
}
