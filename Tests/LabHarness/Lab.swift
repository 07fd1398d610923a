import FoundationEssentials
import Glibc
import Synchronization

/// A network of namespaces that somebody builds and uses, and that goes when it has ended, or when the process has.
public final class Lab: Sendable {
  private static let counter = Mutex(0)

  /// What the names of its namespaces begin with. It says whose they are, so that they collide with no others.
  public let prefix: String
  /// Goes with the lab. The files of a host are in `lab/NAME` below it.
  public let directory: String
  private let guardian: Guardian
  private let members = Mutex<[Host]>([])

  /// Begins with an empty network. With `keepsFiles`, the directory is left behind.
  public init(keepsFiles: Bool = false) throws {
    let number = Self.counter.withLock { counter in
      counter += 1
      return counter
    }
    prefix = "\(Guardian.prefix)\(getpid())-\(number)-"
    directory = FileManager.default.temporaryDirectory.path + "/\(prefix)lab"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    guardian = Guardian(prefix: prefix, directory: keepsFiles ? "" : directory)
  }

  private var hostDirectory: String { directory + "/lab" }

  /// The machines, in the order in which they came.
  public var hosts: [Host] { members.withLock { $0 } }

  /// Adds a machine. One that forwards is a router, which spreads what goes several ways by addresses and ports.
  public func host(_ name: String, forwards: Bool = true) async throws -> Host {
    let host = try await Host(
      name: name, namespace: prefix + name, directory: "\(hostDirectory)/\(name)", forwards: forwards)
    members.withLock { $0.append(host) }
    return host
  }

  /// Adds a machine that is nothing but an Ethernet switch.
  public func networkSwitch(_ name: String = "switch") async throws -> Host {
    let host = try await host(name, forwards: false)
    try await host.ip("link", "add", "bridge", "type", "bridge", "mcast_snooping", "0")
    try await host.ip("link", "set", "bridge", "up")
    return host
  }

  /// Lays a cable between two machines, and switches both ends on.
  public func connect(_ a: Host, _ deviceA: String, _ b: Host, _ deviceB: String, mtu: Int = 1500) async throws {
    let mtu = String(mtu)
    try await a.ip(
      "link", "add", deviceA, "mtu", mtu, "type", "veth", "peer", "name", deviceB, "mtu", mtu, "netns", b.namespace)
    try await a.ip("link", "set", deviceA, "up")
    try await b.ip("link", "set", deviceB, "up")
  }

  /// Lays a cable from a machine to a switch.
  public func connect(_ host: Host, _ device: String, to networkSwitch: Host) async throws {
    let port = "to-\(host.name)"
    try await connect(host, device, networkSwitch, port)
    try await networkSwitch.ip("link", "set", port, "master", "bridge")
  }

  /// Removes the machines, with all that runs on them and their files. Others can be added after that.
  public func clear() async throws {
    for host in hosts { await host.endBackground() }
    try await Guardian.remove(prefix: prefix, directory: hostDirectory)
    members.withLock { $0 = [] }
  }

  /// Removes everything.
  public func end() async throws {
    for host in hosts { await host.endBackground() }
    try await guardian.remove()
  }

  /// The ends of all logs, for a failure's report.
  public func logs() -> String { hosts.map { $0.logs() }.joined(separator: "\n") }
}
