import FlightRecords
import OSPFProtocol
import OSPFWire

/// What a recording does not tell, and a replay has to assume.
extension Replay {
  /// In sentences; empty where everything was known.
  public var assumptions: [String] {
    var assumptions: [String] = []
    for interface in interfaces {
      let name = interface.router.device ?? "the interface"
      if interface.recorded == nil {
        assumptions.append(
          "of \(name) the capture has what its packets tell: RxmtInterval, InfTransDelay and whether the MTU is compared are "
            + "taken for the defaults")
      }
      if let words = authenticationAssumption(interface, name) { assumptions.append(words) }
    }
    for peer in others where wasFullBefore(peer) {
      assumptions.append(
        "\(peer) was Full before the recording begins: which LSAs it had then, and the engine should have, is not in it")
    }
    if interruption == nil, let instance, interfaces.contains(where: { $0.recorded != nil }) {
      let devices = Dictionary(grouping: recording.notes.interfaces(of: instance), by: \.definition.name)
      for (device, interfaces) in devices.sorted(by: { $0.key < $1.key }) where interfaces.count > 1 {
        assumptions.append("\(device) has several interfaces, of which only the first is played")
      }
    }
    return assumptions
  }

  private func authenticationAssumption(_ interface: PlayedInterface, _ name: String) -> String? {
    let isAuthenticated = interface.recorded.map { $0.authentication != .null } ?? (interface.router.authentication != .none)
    guard isAuthenticated else { return nil }
    guard interface.recorded != nil else {
      return
        "packets on \(name) are authenticated, and keys are in no capture: where both sides authenticate alike, they are taken "
        + "for authentic"
    }
    return
      "packets on \(name) are authenticated, and keys are in no recording: those that the node has refused are left out, the "
      + "others are taken for authentic"
  }
}
