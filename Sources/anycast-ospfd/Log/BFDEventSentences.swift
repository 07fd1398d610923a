import BFDProtocol
import ControlAPI
import Logging

/// The events of BFD sessions as reports: a sentence for people, and the fields for programs.
extension SessionSetEvent {
  /// The report of an event on a device.
  func report(on device: String) -> EventReport {
    var report: EventReport
    switch self {
    case .sessionStateChanged(let key, let from, let to, let event, let diagnostic):
      // An operator asks what is watched; the steps of the handshake are for whoever debugs one.
      let told = diagnostic == .none ? "" : ", diagnostic \(diagnostic)"
      report = EventReport(
        .bfdSessionStateChanged, from == .up || to == .up ? .notice : .debug,
        "BFD with \(key.remote) on \(device): \(from) -> \(to) (\(event.sentence)\(told))")
      report.address = key.remote.description
      report.from = from.description
      report.to = to.description
      report.reason = event.sentence
    case .sessionEnded(let key):
      report = EventReport(
        .bfdSessionEnded, .debug,
        "BFD with \(key.remote) on \(device): ended")
      report.address = key.remote.description
    case .packetRefused(_, let source, let reason):
      report = EventReport(
        .bfdPacketRefused, .warning,
        "\(device): BFD packet from \(source) refused: \(reason)")
      report.address = source.description
      report.reason = "\(reason)"
    }
    report.interface = device
    return report
  }
}

extension SessionEvent {
  /// Why a session changed state.
  fileprivate var sentence: String {
    switch self {
    case .receivedAdminDown: "the neighbor is administratively down"
    case .receivedDown: "the neighbor says Down"
    case .receivedInit: "the neighbor says Init"
    case .receivedUp: "the neighbor says Up"
    case .detectionTimeExpired: "no packet within the detection time"
    case .disabled: "not wanted any more"
    case .enabled: "wanted again"
    }
  }
}
