import ControlAPI

/// `show bfd peers` and `show bfd peer A.B.C.D`, as bfdd answers. There is no echo function here, and no time is measured with it.
struct BFDPeerOutput {
  private let sessions: [BFDSessionReport]

  init(_ sessions: [BFDSessionReport], only address: String?) {
    self.sessions = address.map { address in sessions.filter { $0.address == address } } ?? sessions
  }

  var isEmpty: Bool { sessions.isEmpty }

  /// All sessions, one after the other.
  var text: String { (["BFD Peers:"] + sessions.map(Self.block)).joined(separator: "\n") }

  /// One session.
  var peerText: String { (["BFD Peer:"] + sessions.prefix(1).map(Self.block)).joined(separator: "\n") }

  /// One line for each.
  var briefText: String {
    let head = [
      "Session count: \(sessions.count)", Self.row("SessionId", "LocalAddress", "PeerAddress", "Status"),
      Self.row("=========", "============", "===========", "======"),
    ]
    let rows = sessions.map { Self.row(String($0.localDiscriminator), $0.localAddress, $0.address, $0.status) }
    return (head + rows).joined(separator: "\n")
  }

  /// What was counted.
  var counterText: String {
    let blocks = sessions.map { session in
      (["\t" + session.heading]
        + [
          "Control packet input: \(session.received) packets", "Control packet output: \(session.sent) packets",
          "Echo packet input: 0 packets", "Echo packet output: 0 packets", "Session up events: \(session.upCount)",
          "Session down events: \(session.downCount)", "Zebra notifications: 0",
        ].map { "\t\t" + $0 }).joined(separator: "\n") + "\n"
    }
    return (["BFD Peers:"] + blocks).joined(separator: "\n")
  }

  var json: JSON { .array(sessions.map(Self.object)) }

  var peerJSON: JSON { sessions.first.map(Self.object) ?? [:] }

  var counterJSON: JSON {
    .array(
      sessions.map { session in
        var json = Self.identity(of: session)
        json.set("control-packet-input", .number(Int(session.received)))
        json.set("control-packet-output", .number(Int(session.sent)))
        json.set("echo-packet-input", 0)
        json.set("echo-packet-output", 0)
        json.set("session-up", .number(Int(session.upCount)))
        json.set("session-down", .number(Int(session.downCount)))
        json.set("zebra-notifications", 0)
        return json
      })
  }

  // MARK: - One session

  private static func row(_ id: String, _ local: String, _ peer: String, _ status: String) -> String {
    id.trailing(11) + local.trailing(41) + peer.trailing(40) + status.trailing(15)
  }

  private static func block(_ session: BFDSessionReport) -> String {
    let local = session.local
    let remote = session.remote
    let lines = [
      "ID: \(session.localDiscriminator)", "Remote ID: \(session.remoteDiscriminator)",
      session.passive ? "Passive mode" : "Active mode", "Status: \(session.status)",
    ]
    let times = session.isInterrupted.map { ["\($0 ? "Downtime" : "Uptime"): \(elapsed(session.stateAgeSeconds))"] } ?? []
    let state = [
      "Diagnostics: \(diagnostic(session.diagnostic))", "Remote diagnostics: \(diagnostic(session.remoteDiagnostic))",
      "Peer Type: dynamic", "RTT min/avg/max: 0/0/0 usec", "Local timers:",
    ]
    let localTimers = timers(local.detectMultiplier, local.receiveIntervalSeconds, local.transmitIntervalSeconds)
    let remoteTimers = timers(
      remote?.detectMultiplier ?? 0, remote?.receiveIntervalSeconds ?? 0, remote?.transmitIntervalSeconds ?? 0)
    let all =
      (lines + times + state).map { "\t\t" + $0 } + (localTimers + ["Echo transmission interval: disabled"]).map { "\t\t\t" + $0 }
      + ["\t\tRemote timers:"] + remoteTimers.map { "\t\t\t" + $0 }
    return (["\t" + session.heading] + all).joined(separator: "\n") + "\n"
  }

  private static func timers(_ multiplier: Int, _ receive: Double, _ transmit: Double) -> [String] {
    [
      "Detect-multiplier: \(multiplier)", "Receive interval: \(milliseconds(receive))ms",
      "Transmission interval: \(milliseconds(transmit))ms", "Echo receive interval: disabled",
    ]
  }

  private static func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded()) }

  /// `1 hour(s), 2 second(s)`: units with nothing in them are left out, seconds are not.
  private static func elapsed(_ seconds: Double) -> String {
    let seconds = Int(max(seconds, 0))
    let units = [(seconds / 86400, "day(s)"), (seconds % 86400 / 3600, "hour(s)"), (seconds % 3600 / 60, "minute(s)")]
    return (units.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" } + ["\(seconds % 60) second(s)"]).joined(separator: ", ")
  }

  private static func identity(of session: BFDSessionReport) -> JSON {
    var json: JSON = ["multihop": false, "peer": .text(session.address)]
    if session.address.contains(":") { json.set("local", .text(session.localAddress)) }
    json.set("vrf", "default")
    json.set("interface", .text(session.interface))
    return json
  }

  private static func object(_ session: BFDSessionReport) -> JSON {
    var json = identity(of: session)
    json.set("id", .number(Int(session.localDiscriminator)))
    json.set("remote-id", .number(Int(session.remoteDiscriminator)))
    json.set("passive-mode", .truth(session.passive))
    json.set("status", .text(session.status))
    if let isDown = session.isInterrupted {
      json.set(isDown ? "downtime" : "uptime", .number(Int(max(session.stateAgeSeconds, 0))))
    }
    json.set("diagnostic", .text(diagnostic(session.diagnostic)))
    json.set("remote-diagnostic", .text(diagnostic(session.remoteDiagnostic)))
    json.set("receive-interval", .number(milliseconds(session.local.receiveIntervalSeconds)))
    json.set("transmit-interval", .number(milliseconds(session.local.transmitIntervalSeconds)))
    json.set("echo-receive-interval", 0)
    json.set("echo-transmit-interval", 0)
    json.set("detect-multiplier", .number(session.local.detectMultiplier))
    json.set("remote-receive-interval", .number(milliseconds(session.remote?.receiveIntervalSeconds ?? 0)))
    json.set("remote-transmit-interval", .number(milliseconds(session.remote?.transmitIntervalSeconds ?? 0)))
    json.set("remote-echo-receive-interval", 0)
    json.set("remote-detect-multiplier", .number(session.remote?.detectMultiplier ?? 0))
    for key in ["rtt-min", "rtt-avg", "rtt-max"] { json.set(key, 0) }
    return json
  }

  /// bfdd has words of its own where nothing is wrong, and small letters for those of RFC 5880 section 4.1.
  private static func diagnostic(_ name: BFDDiagnosticName?) -> String {
    guard let name, name != .none else { return "ok" }
    return name.rawValue.lowercased()
  }
}

extension BFDSessionReport {
  fileprivate var heading: String {
    // A link-local peer is one only with the address that it is reached from.
    let local = address.contains(":") ? " local-address \(localAddress)" : ""
    return "peer \(address)\(local) vrf default interface \(interface)"
  }

  fileprivate var status: String { state == .adminDown ? "shutdown" : state.rawValue.lowercased() }

  /// Whether its time is one of being down; nil of states that have none.
  fileprivate var isInterrupted: Bool? {
    switch state {
    case .up: false
    case .down: true
    case .adminDown, .`init`: nil
    }
  }
}
