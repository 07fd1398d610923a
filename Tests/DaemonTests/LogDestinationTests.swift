import Configuration
import ControlAPI
import Glibc
import Logging
import OSPFProtocol
import Testing

@testable import anycast_ospfd

@Suite("Where the log goes", .timeLimit(.minutes(1)))
struct LogDestinationTests {
  private static let time = Timestamp(millisecondsSince1970: 1_700_000_000_123)

  private func record(_ message: String, _ level: Logger.Level = .notice) -> LogRecord {
    LogRecord(
      time: Self.time, level: level, message: message, fields: [("ANYCAST_SERVICE", "dns"), ("OSPF_NEIGHBOR", "192.0.2.1\nX=y")])
  }

  private func configuration(_ text: String) throws -> LogConfiguration {
    try Configuration.parse([SourceFile(path: "test.conf", text: text)]).configuration.logging
  }

  /// What comes to a datagram socket at a path.
  private func received(at path: String, _ count: Int, _ body: () -> Void) throws -> [String] {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let octets = Array(path.utf8)
    try #require(octets.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound)
    body()
    return (0..<count).map { _ in read(descriptor, patience: 10_000) }
  }

  private func pipeEnds() throws -> [Int32] {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    return ends
  }

  /// What can be read now, or within `patience` milliseconds.
  private func read(_ descriptor: Int32, patience: Int32 = 1) -> String {
    var piece = [UInt8](repeating: 0, count: 65536)
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, patience) == 1 else { return "" }
    let length = Glibc.read(descriptor, &piece, piece.count)
    return String(decoding: piece.prefix(max(length, 0)), as: UTF8.self)
  }

  @Test(
    "The journal gets a priority and the fields, and no value makes a field of its own; where it does not listen, the stream does"
  )
  func journal() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let ends = try pipeEnds()
      defer { for end in ends { close(end) } }
      let path = directory + "/journal"
      let log = LogDestinations(sockets: .init(journal: path), standardError: LogOutput(descriptor: ends[1]))
      let entry = try received(at: path, 1) { log.write(record("service dns: up -> down", .warning)) }
      #expect(
        entry == [
          "MESSAGE=service dns: up -> down\nPRIORITY=4\nSYSLOG_IDENTIFIER=anycast-ospfd\nANYCAST_SERVICE=dns\n"
            + "OSPF_NEIGHBOR=192.0.2.1\\nX=y\n"
        ])
      #expect(read(ends[0]).isEmpty)
      unlink(path)
      log.write(record("alone"))
      #expect(read(ends[0]) == "<5>alone\n")
    }
  }

  @Test("Syslog gets facility and severity, from its own level on")
  func syslog() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let ends = try pipeEnds()
      defer { for end in ends { close(end) } }
      let path = directory + "/log"
      let log = LogDestinations(sockets: .init(journal: nil, syslog: path), standardError: LogOutput(descriptor: ends[1]))
      log.apply(try configuration("log syslog warnings\nlog facility local3\n"))
      #expect(log.leastSevere == .warning)
      let texts = try received(at: path, 1) {
        log.write(record("not wanted"))
        log.write(record("wanted", .error))
      }
      #expect(texts.first?.hasPrefix("<155>Nov 1") == true, "\(texts)")
      #expect(texts.first?.hasSuffix(" anycast-ospfd[\(getpid())]: wanted") == true, "\(texts)")
      unlink(path)
      _ = read(ends[0])
      for _ in 0..<3 { log.write(record("lost", .error)) }
      #expect(read(ends[0]).split(separator: "\n").count { $0.contains("syslog does not take lines") } == 1)
    }
  }

  @Test("A file gets lines with their time, is made anew when it was moved away, and is left alone when it is no longer wanted")
  func file() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let path = directory + "/anycast.log"
      let ends = try pipeEnds()
      defer { for end in ends { close(end) } }
      let log = LogDestinations(sockets: .init(journal: nil), standardError: LogOutput(descriptor: ends[1]))
      log.apply(try configuration("log file \(path) notifications\n"))
      log.write(record("one"))
      log.write(record("not wanted", .info))
      log.flush()
      #expect(try FileAccess.read(path) == Array("\(Self.time) notice: one\n".utf8))
      #expect(rename(path, path + ".1") == 0)
      log.write(record("two"))
      log.flush()
      #expect(try FileAccess.read(path) == Array("\(Self.time) notice: two\n".utf8))
      log.apply(LogConfiguration())
      log.write(record("three"))
      log.flush()
      #expect(try FileAccess.read(path) == Array("\(Self.time) notice: two\n".utf8))
      log.apply(try configuration("log file \(directory)/no/such/file\n"))
      log.write(record("four"))
      log.flush()
      #expect(read(ends[0]).contains("the log file does not take lines: \(directory)/no/such/file: no such file"))
    }
  }

  @Test("A storm of lines is cut and counted, and ordinary lines after it come through")
  func rate() {
    var rate = LogRate()
    let admitted = (0..<10_000).count { _ in rate.admit(at: .zero).isAdmitted }
    #expect(admitted == LogRate.burst)
    let after = rate.admit(at: .zero + .seconds(1))
    #expect(after.isAdmitted && after.leftOut == 10_000 - LogRate.burst)
    #expect(rate.admit(at: .zero + .seconds(1)).leftOut == 0)
  }

  @Test("An event's service, neighbor and interface are fields")
  func fields() {
    let event = EventReport(
      time: Self.time, level: .notice, kind: .neighborStateChanged, message: "m", protocol: .ospfV2, interface: "eth0",
      routerID: "192.0.2.1", service: "dns", from: "Loading", to: "Full")
    #expect(
      event.logMetadata == [
        "ANYCAST_EVENT": "neighborStateChanged", "ANYCAST_SERVICE": "dns", "ANYCAST_FROM": "Loading", "ANYCAST_TO": "Full",
        "OSPF_NEIGHBOR": "192.0.2.1", "OSPF_INTERFACE": "eth0", "OSPF_PROTOCOL": "OSPFv2",
      ])
  }
}
