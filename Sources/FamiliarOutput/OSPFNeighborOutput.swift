import ControlAPI
import OSPFWire

/// `show ip ospf neighbor`
struct OSPFNeighborOutput {
  private let instance: InstanceState
  private let selection: ShowCommand.NeighborSelection
  private let neighbors: [NeighborReport]

  init(_ instance: InstanceState, _ selection: ShowCommand.NeighborSelection) throws(ShowError) {
    self.instance = instance
    self.selection = selection
    if let name = selection.interface { _ = try instance.interfaces(named: name) }
    neighbors = instance.neighbors.filter {
      (selection.routerID ?? $0.routerID) == $0.routerID && (selection.interface ?? $0.interface) == $0.interface
    }
  }

  var text: String {
    if selection.isDetailed { return neighbors.map(detailedText).joined(separator: "\n") }
    let rows = neighbors.map(row).joined(separator: "\n")
    // Of one neighbor ospfd prints no header.
    return selection.routerID == nil ? "\n\(Self.header)\n\(rows)\(rows.isEmpty ? "" : "\n")" : rows + "\n"
  }

  private static let header =
    "Neighbor ID     Pri State           Up Time         Dead Time Address         Interface                        RXmtL RqstL DBsmL"

  private func row(_ neighbor: NeighborReport) -> String {
    let cells = [
      neighbor.routerID.trailing(15), neighbor.priority.leading(3), neighbor.stateAndRole.trailing(15),
      Clock.ospf(neighbor.stateAgeSeconds).trailing(15), neighbor.deadTime.leading(9), neighbor.address.trailing(15),
      "\(neighbor.interface):\(neighbor.interfaceAddress)".trailing(32), neighbor.retransmissionCount.leading(5),
      neighbor.requestCount.leading(5), neighbor.summaryCount.leading(5),
    ]
    return cells.joined(separator: " ")
  }

  private func detailedText(_ neighbor: NeighborReport) -> String {
    let isExchanging = neighbor.state == .exStart || neighbor.state == .exchange && neighbor.master
    return """
       Neighbor \(neighbor.routerID), interface address \(neighbor.address)
          In the area \(instance.areaName(neighbor.area)) via interface \(neighbor.interface)
          Neighbor priority is \(neighbor.priority), State is \(neighbor.stateAndRole), \(neighbor.stateChangeCount) state changes
          Most recent state change statistics:
            Progressive change \(Clock.ospf(neighbor.stateAgeSeconds)) ago
          DR is \(neighbor.designatedRouter ?? "0.0.0.0"), BDR is \(neighbor.backupDesignatedRouter ?? "0.0.0.0")
          Options \(neighbor.optionBits) \(OptionsText.ospf(neighbor.optionBits))
          Dead timer due in \(neighbor.deadTime)
          Database Summary List \(neighbor.summaryCount)
          Link State Request List \(neighbor.requestCount)
          Link State Retransmission List \(neighbor.retransmissionCount)
          Thread Inactivity Timer \(neighbor.deadSeconds == nil ? "off" : "on")
          Thread Database Description Retransmision \(isExchanging ? "on" : "off")
          Thread Link State Request Retransmission \(neighbor.requestThread)
          Thread Link State Update Retransmission \(neighbor.updateThread)

          Graceful restart Helper info:
            Graceful Restart HELPER Status : None

      """
  }

  var json: JSON {
    var lists: JSON = [:]
    for neighbor in neighbors {
      lists.append(selection.isDetailed ? detailedJSON(neighbor) : json(neighbor), to: neighbor.routerID)
    }
    // Of one neighbor, those on one interface, or all, ospfd leaves the outermost key away.
    let isNarrowed = selection.routerID != nil || selection.interface != nil || selection.isAll
    return isNarrowed ? lists : ["neighbors": lists]
  }

  private func json(_ neighbor: NeighborReport) -> JSON {
    let due = neighbor.deadSeconds.map(Clock.milliseconds) ?? 0
    return [
      "priority": .number(neighbor.priority), "state": .text(neighbor.stateAndRole),
      "nbrPriority": .number(neighbor.priority), "nbrState": .text(neighbor.stateAndRole),
      "converged": .text(neighbor.state.rawValue), "role": .text(neighbor.role == .none ? "DROther" : neighbor.role.rawValue),
      "upTimeInMsec": .number(Clock.milliseconds(neighbor.stateAgeSeconds)), "deadTimeMsecs": .number(due),
      "routerDeadIntervalTimerDueMsec": .number(due), "upTime": .text(Clock.ospf(neighbor.stateAgeSeconds)),
      "deadTime": .text(neighbor.deadTime), "address": .text(neighbor.address), "ifaceAddress": .text(neighbor.address),
      "ifaceName": .text("\(neighbor.interface):\(neighbor.interfaceAddress)"),
      "retransmitCounter": .number(neighbor.retransmissionCount),
      "linkStateRetransmissionListCounter": .number(neighbor.retransmissionCount),
      "requestCounter": .number(neighbor.requestCount), "linkStateRequestListCounter": .number(neighbor.requestCount),
      "dbSummaryCounter": .number(neighbor.summaryCount), "databaseSummaryListCounter": .number(neighbor.summaryCount),
    ]
  }

  private func detailedJSON(_ neighbor: NeighborReport) -> JSON {
    [
      "ifaceAddress": .text(neighbor.address), "areaId": .text(instance.areaName(neighbor.area)),
      "ifaceName": .text(neighbor.interface), "localIfaceAddress": .text(neighbor.interfaceAddress),
      "nbrPriority": .number(neighbor.priority), "nbrState": .text(neighbor.stateAndRole), "role": .text(neighbor.role.rawValue),
      "stateChangeCounter": .number(neighbor.stateChangeCount),
      "lastPrgrsvChangeMsec": .number(Clock.milliseconds(neighbor.stateAgeSeconds)),
      "routerDesignatedId": .text(neighbor.designatedRouter ?? "0.0.0.0"),
      "routerDesignatedBackupId": .text(neighbor.backupDesignatedRouter ?? "0.0.0.0"),
      "optionsCounter": .number(Int(neighbor.optionBits)), "optionsList": .text(OptionsText.ospf(neighbor.optionBits)),
      "routerDeadIntervalTimerDueMsec": .number(neighbor.deadSeconds.map(Clock.milliseconds) ?? 0),
      "databaseSummaryListCounter": .number(neighbor.summaryCount),
      "linkStateRequestListCounter": .number(neighbor.requestCount),
      "linkStateRetransmissionListCounter": .number(neighbor.retransmissionCount),
      "threadInactivityTimer": neighbor.deadSeconds == nil ? "off" : "on",
      "threadLinkStateRequestRetransmission": .text(neighbor.requestThread),
      "threadLinkStateUpdateRetransmission": .text(neighbor.updateThread), "grHelperStatus": "None",
    ]
  }
}

extension NeighborReport {
  /// `Full/DR`
  fileprivate var stateAndRole: String { "\(state)/\(role)" }

  fileprivate var deadTime: String { deadSeconds.map(Clock.ospf) ?? "inactive" }

  /// ospfd's timers for what may have to be sent again run from the beginning of an exchange on, whether or not there is anything.
  fileprivate var requestThread: String { [.loading, .full].contains(state) ? "on" : "off" }
  fileprivate var updateThread: String { [.exchange, .loading, .full].contains(state) ? "on" : "off" }
}

/// The Options field as FRR prints it.
enum OptionsText {
  /// OSPFv2: `*|O|-|-|-|-|E|-`
  static func ospf(_ bits: UInt32) -> String {
    let names: [(Options, String)] = [
      (.opaque, "O"), (.demandCircuits, "DC"), (.linkLocalSignaling, "EA"), (.nssa, "N/P"), (.multicast, "MC"),
      (.externalRouting, "E"), (.multiTopology, "M/T"),
    ]
    let options = Options(rawValue: bits)
    return (["*"] + names.map { options.contains($0.0) ? $0.1 : "-" }).joined(separator: "|")
  }

  /// OSPFv3: `--|-|--|-|-|--|R|-|--|E|V6`
  static func ospf6(_ options: Options) -> String {
    let names: [(Options, String)] = [
      (.authenticationTrailer, "AT"), (.linkLocalSignalingV3, "L"), (.addressFamilies, "AF"), ([], "-"), ([], "-"),
      (.demandCircuits, "DC"), (.router, "R"), (.nssa, "N"), (.multicast, "MC"), (.externalRouting, "E"), (.v6, "V6"),
    ]
    return names.map { bit, name in
      !bit.isEmpty && options.contains(bit) ? name : String(repeating: "-", count: bit == .v6 ? 2 : name.count)
    }.joined(separator: "|")
  }

  /// OSPFv3, of a prefix: `--|P|--|--|--`
  static func prefix(_ options: OSPFv3Prefix.PrefixOptions) -> String {
    let names: [(OSPFv3Prefix.PrefixOptions, String)] = [
      (.down, "DN"), (.propagate, "P"), (.init(rawValue: 0x04), "MC"), (.localAddress, "LA"), (.noUnicast, "NU"),
    ]
    return names.map { options.contains($0.0) ? $0.1 : "--" }.joined(separator: "|")
  }
}
