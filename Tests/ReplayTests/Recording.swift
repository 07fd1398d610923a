import FoundationEssentials
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

/// A capture of two real routers, with its description.
struct Recording: Sendable, CustomTestStringConvertible {
  /// The capture's file name without its extension.
  let name: String
  /// The two routers.
  let routers: [Router]
  /// The database that both had at the end.
  let database: [Entry]
  /// Every OSPF datagram, in order.
  let datagrams: [CapturedDatagram]

  var testDescription: String { name }

  /// One of the routers, as the description says.
  struct Router: Decodable, Sendable {
    let software: String
    let routerID: String
    let interfaceAddress: String
    let prefixLength: Int
    let networkType: String
    let helloIntervalSeconds: Int
    let routerDeadIntervalSeconds: Int
    let area: String
    let areaType: String
    let mtu: Int
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
    let routers: [Router]
    let database: [Entry]
  }

  /// The directory with the captures.
  static let directory: String = {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return here.dropLast(3).joined(separator: "/") + "/captures"
  }()

  /// All captures that have a description.
  static let all: [Recording] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { try? Recording(description: $0) }
  }()

  /// All capture files, described or not.
  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
  }()

  init(description file: String) throws {
    let data = try Data(contentsOf: URL(filePath: Recording.directory + "/" + file))
    let description = try JSONDecoder().decode(Description.self, from: data)
    name = String(file.dropLast(".json".count))
    routers = description.routers
    database = description.database
    datagrams = try CaptureReader.read(path: Recording.directory + "/" + description.capture).datagrams
  }
}

extension Recording.Router {
  /// The router ID as a value.
  var id: RouterID { RouterID(stringLiteral: routerID) }
  /// The interface address as a value.
  var address: IPv4Address { IPv4Address(stringLiteral: interfaceAddress) }

  /// The configuration of an engine in this router's place.
  func configuration() throws -> RouterConfiguration {
    let kinds: [String: AreaConfiguration] = ["normal": .normal, "stub": .stub, "nssa": .nssa]
    guard let kind = kinds[areaType] else { throw TestFailure("unknown area type \(areaType)") }
    return RouterConfiguration(version: .v2, routerID: id, areas: [AreaID(stringLiteral: area): kind])
  }

  /// The interface of an engine in this router's place.
  func interface() throws -> InterfaceDefinition {
    guard let type = NetworkType(rawValue: networkType) else { throw TestFailure("unknown network type \(networkType)") }
    return .bench(
      address, length: prefixLength, area: AreaID(stringLiteral: area), type: type, priority: priority, mtu: mtu
    ) {
      $0.helloInterval = .seconds(helloIntervalSeconds)
      $0.routerDeadInterval = .seconds(routerDeadIntervalSeconds)
      $0.cost = cost
    }
  }
}

extension Recording.Entry {
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
