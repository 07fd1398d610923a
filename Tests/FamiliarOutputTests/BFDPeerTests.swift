import ControlAPI
import FamiliarOutput
import Testing

@Suite("What bfdd of FRR 8.4.4 printed of its sessions is printed again")
struct BFDPeerTests {
  /// In the order of bfdd, by their discriminators.
  private static let recorded: [(interface: Int, id: UInt32)] = [
    (1, 3_901_547_506), (0, 4_209_921_331), (3, 2_181_100_104), (2, 3_399_464_131),
  ]

  private func session(_ number: Int, _ id: UInt32) -> BFDSessionReport {
    let timers = BFDSessionReport.Timers(detectMultiplier: 3, transmitIntervalSeconds: 0.05, receiveIntervalSeconds: 0.05)
    var report = BFDSessionReport(
      interface: "e\(number)", address: "10.\(number).0.2", localAddress: "10.\(number).0.1", state: .up, stateAgeSeconds: 0.4,
      diagnostic: .none, localDiscriminator: id, remoteDiscriminator: id, local: timers)
    report.remote = timers
    report.remoteState = .up
    report.remoteDiagnostic = BFDDiagnosticName.none
    report.upCount = 1
    return report
  }

  private func answer(_ words: String, _ sessions: [BFDSessionReport]? = nil) throws -> String {
    var node = try RecordedNode.state()
    node.bfd = sessions ?? Self.recorded.map { session($0.interface, $0.id) }
    return try ShowCommand([words]).answer(node)
  }

  /// There is no echo function here, packets and notifications were counted at another moment, and bfdd does not say which address is its own.
  private func alike(_ text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).map { line in
      line.replacing(/packet (in|out)put: \d+/) { "packet \($0.output.1)put: #" }
        .replacing(/notifications: \d/, with: "notifications: #").replacing(
          /Echo receive interval: .*/, with: "Echo receive interval"
        )
        .replacing(/^(\d+ +)(0\.0\.0\.0|10\.\d\.0\.1) +/) { "\($0.output.1)LOCAL " }
    }
    return Array(lines.reversed().drop { $0.isEmpty }.reversed())
  }

  @Test("In text", arguments: ["bfd peers", "bfd peers brief", "bfd peer 10.0.0.2", "bfd peers counters"])
  func text(words: String) throws {
    #expect(alike(try answer(words)) == alike(try RecordedNode.answer(words)))
  }

  @Test("In JSON", arguments: ["bfd peers json", "bfd peer 10.0.0.2 json", "bfd peers counters json"])
  func json(words: String) throws {
    let (ours, theirs) = (try JSONTree(try answer(words)), try JSONTree(try RecordedNode.answer(words)))
    let others = ours.differences(from: theirs) { key in
      key.contains("echo") || key.contains("packet") || key == "zebra-notifications"
    }
    #expect(others == [])
  }

  @Test("A session that is down says since when, and why; what is not heard has no timers")
  func down() throws {
    var report = session(0, 7)
    report.state = .down
    report.stateAgeSeconds = 3725
    report.diagnostic = BFDDiagnosticName(rawValue: "Control Detection Time Expired")
    report.remote = nil
    report.remoteDiscriminator = 0
    let text = try answer("bfd peers", [report])
    #expect(text.contains("\t\tStatus: down\n\t\tDowntime: 1 hour(s), 2 minute(s), 5 second(s)\n"))
    #expect(text.contains("\t\tDiagnostics: control detection time expired\n"))
    #expect(text.contains("\t\tRemote timers:\n\t\t\tDetect-multiplier: 0\n"))
    report.state = .adminDown
    #expect(try answer("bfd peers", [report]).contains("\t\tStatus: shutdown\n\t\tDiagnostics"))
  }

  @Test("A peer that is none is told, and so is a word that is none")
  func unknown() {
    #expect(throws: ShowError.notHere("there is no BFD session with '10.9.9.9'")) { try answer("bfd peer 10.9.9.9") }
    #expect(throws: ShowError.self) { try answer("bfd peers short") }
    #expect(throws: ShowError.self) { try answer("bfd") }
  }
}
