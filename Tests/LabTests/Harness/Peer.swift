import FoundationEssentials
import LabHarness

/// One release of the software of a peer: what the system has installed, or what `scripts/unpack-peers` has unpacked.
struct Peer: Hashable, Sendable {
  let software: RouterSoftware
  let version: Version
  /// Where its programs are; nil for those that the system has installed.
  let programs: String?

  /// The first two numbers of a version: corrections of a release change nothing here.
  struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
    var major: Int
    var minor: Int

    init(_ major: Int, _ minor: Int) {
      self.major = major
      self.minor = minor
    }

    /// The version at the end of a text: `BIRD version 2.0.12`.
    init?(endOf text: some StringProtocol) {
      let numbers = text.split(separator: " ").last?.split(separator: ".").map { Int($0) }
      guard let numbers, numbers.count >= 2, let major = numbers[0], let minor = numbers[1] else { return nil }
      self.init(major, minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (a: Version, b: Version) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
  }

  /// A router of this release on a machine.
  func router(on host: Host) -> any LabRouter {
    switch software {
    case .frr: FRRRouter(host: host, programs: programs)
    case .bird: BIRDRouter(host: host, programs: programs)
    }
  }

  /// The peers of this test run: those that are installed and those of one newer release, or those of the suite that `LAB_PEERS`
  /// names, as `scripts/lab-peers` sets it.
  static func all() async throws -> [Peer] {
    let suite = ProcessInfo.processInfo.environment["LAB_PEERS"]
    let directory = try await Shell.run(root + "/scripts/unpack-peers", ["--where"] + [suite].compactMap(\.self))
      .filter { !$0.isNewline }
    var peers: [Peer] = []
    if suite == nil { peers = [try await peer(.frr, "/usr/lib/frr", nil), try await peer(.bird, "/usr/sbin", nil)] }
    for (software, name) in [(RouterSoftware.frr, "frr"), (.bird, "bird2"), (.bird, "bird3")] {
      let programs = "\(directory)/\(name)/programs"
      guard FileManager.default.fileExists(atPath: programs) else { continue }
      peers.append(try await peer(software, programs, programs))
    }
    return peers
  }

  private static func peer(_ software: RouterSoftware, _ directory: String, _ programs: String?) async throws -> Peer {
    let program = software == .frr ? "ospfd" : "bird"
    let result = try await Shell.attempt(directory + "/" + program, ["--version"])
    // BIRD says it on standard error.
    let line = (result.output + result.errorOutput).split(separator: "\n").first ?? ""
    guard let version = Version(endOf: line) else { throw LabError("this is no version of \(software): \(line)") }
    return Peer(software: software, version: version, programs: programs)
  }

  /// The directory of the whole project.
  static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
}

extension Peer: CustomStringConvertible {
  var description: String { "\(software) \(version)" }
}
