import CaptureAnalysis
import FoundationEssentials
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

/// A capture of two real routers, with its description.
struct DescribedRecording: Sendable, CustomTestStringConvertible {
  /// The capture's file name without its extension.
  let name: String
  /// The version that the routers speak.
  let version: OSPFVersion
  /// What happens.
  let story: String
  /// The two routers.
  let routers: [Router]
  /// The database that both had at the end; empty where they did not become adjacent.
  let database: [Entry]
  /// The packets.
  let recording: Recording

  var testDescription: String { name }

  /// One of the routers, as the description says.
  struct Router: Decodable, Sendable {
    let software: String
    let routerID: String
    let interfaceAddress: String
    let prefixLength: Int
    let networkType: String
    let helloIntervalSeconds: UInt16
    let routerDeadIntervalSeconds: UInt32
    let area: String
    let areaType: String
    let authentication: String
    let mtu: UInt16
    let cost: UInt16
    let priority: UInt8
  }

  /// One LSA of the database, as a router printed it.
  struct Entry: Decodable, Sendable {
    let lsType: UInt16
    let linkStateID: String
    let advertisingRouter: String
    let sequenceNumber: String
    let checksum: String
  }

  private struct Description: Decodable {
    let capture: String
    let version: UInt8
    let story: String
    let routers: [Router]
    let database: [Entry]
  }

  /// The directory with the captures: that of the project, or another one that a run of the script has filled.
  static let directory: String = {
    if let other = ProcessInfo.processInfo.environment["CAPTURES_DIRECTORY"] { return other }
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return here.dropLast(3).joined(separator: "/") + "/captures"
  }()

  /// All captures that have a description.
  static let all: [DescribedRecording] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { try? DescribedRecording(file: $0) }
  }()

  /// Those whose routers became adjacent.
  static let adjacencies = all.filter { $0.story != "failure" }
  /// Those whose routers did not.
  static let failures = all.filter { $0.story == "failure" }

  /// All capture files, described or not.
  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
  }()

  init(file: String) throws {
    let data = try Data(contentsOf: URL(filePath: Self.directory + "/" + file))
    let description = try JSONDecoder().decode(Description.self, from: data)
    guard let version = OSPFVersion(rawValue: description.version) else { throw TestFailure("version \(description.version)") }
    name = String(file.dropLast(".json".count))
    self.version = version
    story = description.story
    routers = description.routers
    database = description.database
    recording = try Recording(path: Self.directory + "/" + description.capture)
  }
}

extension DescribedRecording.Router {
  /// The router ID as a value.
  var id: RouterID { RouterID(stringLiteral: routerID) }
  /// The interface address as a value.
  var address: IPAddress? { IPAddress(interfaceAddress) }
}

extension DescribedRecording.Entry {
  /// Type, ID and originator.
  var key: LSAKey {
    LSAKey(
      lsType: LSType(rawValue: lsType), linkStateID: LinkStateID(stringLiteral: linkStateID),
      advertisingRouter: RouterID(stringLiteral: advertisingRouter))
  }

  /// The sequence number and checksum as numbers; nil when the description has none.
  var instance: (sequenceNumber: UInt32, checksum: UInt16)? {
    guard let sequence = UInt32(sequenceNumber.dropFirst(2), radix: 16), let checksum = UInt16(checksum.dropFirst(2), radix: 16)
    else { return nil }
    return (sequence, checksum)
  }
}
