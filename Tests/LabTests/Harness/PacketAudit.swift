import ControlAPI
import FoundationEssentials
import LabHarness
import PacketCapture
import Subprocess
import Testing

/// Records every OSPF packet that a machine sends through a device, and has tshark judge them when the test is over.
struct PacketAudit: Sendable {
  /// The recording.
  let file: String
  private let process: BackgroundProcess

  /// Begins the recording.
  init(of host: Host, device: String = "eth0") async throws {
    let file = "\(host.directory)/sent-\(device).pcap"
    self.file = file
    // A fragment of an IPv6 packet names the protocol in its own header: next header 44 in the first one.
    process = try await host.start(
      "tcpdump-\(device)",
      [
        "tcpdump", "-i", device, "-Q", "out", "-n", "-U", "--immediate-mode", "-B", "16384", "-Z", "root", "-w", file,
        "ip proto 89 or ip6 proto 89 or (ip6 and ip6[6] == 44)",
      ])
    let process = process
    try await eventually("tcpdump listens on \(host.name)") { process.output.contains("listening on") }
  }

  /// Ends the recording; records an issue for everything that is wrong with a packet, and when a protocol was never spoken.
  func finish(
    _ protocols: [ProtocolName] = ProtocolName.allCases, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await end()
    for complaint in try await Self.complaints(about: file, protocols) {
      Issue.record("\(complaint)", sourceLocation: sourceLocation)
    }
  }

  /// Ends the recording.
  private func end() async throws {
    process.signal(.terminate)
    try await eventually("tcpdump ends") { !process.isRunning }
  }

  /// Ends the recording. Returns what was sent, without a verdict.
  func sent() async throws -> [CapturedDatagram] {
    try await end()
    return try CaptureReader.read(path: file).datagrams
  }

  /// Ends the recording as `finish` does, and expects that no neighbor has waited for the dead interval, which is all that correctness needs.
  /// `circumstances` is what the machine had to do meanwhile.
  func finishPunctual(_ circumstances: String, within routerDeadInterval: Duration) async throws {
    try await finish()
    let gaps = try longestHelloGaps()
    print("longest time between two Hellos of 1 s, \(circumstances): \(gaps)")
    #expect(gaps.allSatisfy { $0 < routerDeadInterval })
  }

  /// The longest times between two Hellos of OSPFv2 and of OSPFv3.
  private func longestHelloGaps() throws -> [Duration] {
    let (datagrams, _) = try CaptureReader.read(path: file)
    let hellos = datagrams.filter { $0.bytes.count > 1 && $0.bytes[1] == 1 }
    return [true, false].map { isV4 in
      let times = hellos.filter { ($0.source.v4 != nil) == isV4 }.map(\.timestamp)
      return zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? .seconds(3600)
    }
  }

  /// What is wrong with the packets of a recording.
  static func complaints(about file: String, _ protocols: [ProtocolName]) async throws -> [String] {
    async let tshark = tsharkComplaints(about: file)
    async let verdicts = checksumVerdicts(file)
    let (datagrams, unreadable) = try CaptureReader.read(path: file)
    var complaints = unreadable.map { "\($0)" } + datagrams.compactMap(complaint)
    let counts = (v4: datagrams.count { $0.source.v4 != nil }, v6: datagrams.count { $0.source.v6 != nil })
    for protocolName in protocols where (protocolName == .ospfV2 ? counts.v4 : counts.v6) == 0 {
      complaints.append("\(protocolName.rawValue) was not spoken")
    }
    complaints += try await tshark
    // One verdict for each IPv4 header and each OSPF packet: where tshark verifies nothing, nothing is right.
    let (found, expected) = (try await verdicts, ["correct": 2 * counts.v4 + counts.v6])
    if found != expected { complaints.append("tshark's verdicts on checksums are \(found), not \(expected)") }
    return complaints
  }

  /// What this project's own eyes see that tshark does not look for.
  private static func complaint(_ datagram: CapturedDatagram) -> String? {
    if !LSAChecksums.areCorrect(in: datagram.bytes) { return "the checksum of an LSA is wrong: \(datagram)" }
    // RFC 2328 appendix A.1, RFC 5340 appendix A.1
    if datagram.ttl != 1 { return "the TTL or hop limit is not 1: \(datagram)" }
    // RFC 5340 section 4.2.1
    if let source = datagram.source.v6, !source.isLinkLocal { return "the source is not link-local: \(datagram)" }
    return nil
  }

  /// tshark knows no grace-LSA of OSPFv3 (RFC 5187).
  private static let tsharkFilter = #"_ws.malformed || any _ws.expert.message != "Unknown LSA Type 11""#

  private static func tsharkComplaints(about file: String) async throws -> [String] {
    let lines = try await Shell.run(
      "tshark", ["-n", "-r", file, "-o", "ip.check_checksum:TRUE", "-Y", tsharkFilter])
    return lines.split(separator: "\n").map { "tshark complains: \($0)" }
  }

  /// What tshark says of the checksums of IPv4 and OSPF headers, and how often: `correct`, `incorrect, should be 0x24cf`. It is a
  /// part of the text that tshark prints, and no field; the shell keeps what is thousands of lines for each packet away from here.
  private static func checksumVerdicts(_ file: String) async throws -> [String: Int] {
    let script = """
      tshark -n -r "$1" -o ip.check_checksum:TRUE -Y ospf -O ip,ospf |
        sed -n 's/.*Checksum: 0x[0-9a-f]* \\[\\(.*\\)\\].*/\\1/p' | sort | uniq -c
      """
    let lines = try await Shell.run("sh", ["-c", script, "sh", file]).split(separator: "\n")
    return lines.reduce(into: [:]) { verdicts, line in
      let words = line.split(separator: " ", maxSplits: 1)
      if let count = words.first, let verdict = words.last { verdicts[String(verdict)] = Int(count) }
    }
  }
}

/// The Fletcher checksum of RFC 905 annex B over the LSAs of a Link State Update, which tshark shows and does not verify. Written
/// after the RFC and not with the daemon's own code, which is what it judges.
enum LSAChecksums {
  static func areCorrect(in packet: [UInt8]) -> Bool {
    // OSPFv2 has a header of 24 octets, OSPFv3 one of 16; then comes the number of LSAs.
    guard let version = packet.first, packet.count > 28, packet[1] == 4 else { return true }
    let body = packet.dropFirst(version == 2 ? 24 : 16)
    var rest = body.dropFirst(4)
    for _ in 0..<body.prefix(4).reduce(0, { $0 << 8 | Int($1) }) {
      guard rest.count >= 20 else { return false }
      let length = Int(rest[rest.startIndex + 18]) << 8 | Int(rest[rest.startIndex + 19])
      guard length >= 20, length <= rest.count, sums(rest.prefix(length).dropFirst(2)) == (0, 0) else { return false }
      rest = rest.dropFirst(length)
    }
    return true
  }

  /// Both sums over all octets, the checksum's own included; both are zero when it is right. LS age is left out.
  private static func sums(_ octets: ArraySlice<UInt8>) -> (Int, Int) {
    octets.reduce((0, 0)) { sums, octet in
      let first = (sums.0 + Int(octet)) % 255
      return (first, (sums.1 + first) % 255)
    }
  }
}
