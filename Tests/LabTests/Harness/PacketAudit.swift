import FoundationEssentials
import PacketCapture
import Subprocess
import Testing

/// Records every OSPF packet that a machine sends through a device, and has tshark judge them when the test is over.
struct PacketAudit: Sendable {
  private let file: String
  private let process: BackgroundProcess

  /// Begins the recording.
  init(of host: Host, device: String = "eth0") async throws {
    let file = "\(host.directory)/sent-\(device).pcap"
    self.file = file
    process = try await host.start(
      "tcpdump-\(device)",
      [
        "tcpdump", "-i", device, "-Q", "out", "-n", "-U", "--immediate-mode", "-B", "16384", "-Z", "root", "-w", file,
        "ip proto 89 or ip6 proto 89",
      ])
    let process = process
    try await eventually("tcpdump listens on \(host.name)") { process.output.contains("listening on") }
  }

  /// Ends the recording; records an issue for every packet that is malformed or has a bad checksum.
  func finish(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    process.signal(.terminate)
    try await eventually("tcpdump ends") { !process.isRunning }
    let (datagrams, unreadable) = try CaptureReader.read(path: file)
    #expect(!datagrams.isEmpty, "the daemon has sent nothing", sourceLocation: sourceLocation)
    #expect(unreadable.isEmpty, sourceLocation: sourceLocation)
    for datagram in datagrams {
      #expect(LSAChecksums.areCorrect(in: datagram.bytes), "\(datagram)", sourceLocation: sourceLocation)
    }
    let complaints = try await tshark(["-Y", "_ws.malformed || _ws.expert"])
    #expect(complaints.isEmpty, "tshark complains:\n\(complaints)", sourceLocation: sourceLocation)
    let verdicts = try await checksumVerdicts()
    #expect(verdicts == ["correct"], "tshark on checksums: \(verdicts)", sourceLocation: sourceLocation)
  }

  /// What tshark says of the checksums of IP and OSPF headers, each verdict once: `correct`, `incorrect, should be 0x24cf`. It is a
  /// part of the text that tshark prints, and no field; the shell keeps what is thousands of lines for each packet away from here.
  private func checksumVerdicts() async throws -> [String] {
    let script = """
      tshark -n -r "$1" -o ip.check_checksum:TRUE -Y ospf -O ip,ospf |
        sed -n 's/.*hecksum: 0x[0-9a-f]* \\[\\(.*\\)\\].*/\\1/p' | sort -u
      """
    return try await Shell.run("sh", ["-c", script, "sh", file]).split(separator: "\n").map(String.init)
  }

  private func tshark(_ arguments: [String]) async throws -> String {
    try await Shell.run("tshark", ["-n", "-r", file, "-o", "ip.check_checksum:TRUE"] + arguments)
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
