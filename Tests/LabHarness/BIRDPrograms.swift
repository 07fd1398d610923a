import FoundationEssentials

/// The programs of BIRD on a machine, with their files in the host's directory.
public struct BIRDPrograms: Sendable {
  public let host: Host
  /// Where they are; nil for those that the system has installed.
  public let directory: String?

  public init(on host: Host, from directory: String? = nil) {
    self.host = host
    self.directory = directory
  }

  private var controlSocket: String { host.directory + "/bird.ctl" }
  private func program(_ name: String) -> String { (directory ?? "/usr/sbin") + "/" + name }

  /// Starts it with `bird.conf` of the host's directory, and waits until it answers. Gives back its process.
  @discardableResult
  public func start(_ arguments: [String] = []) async throws -> Int32 {
    let processFile = host.directory + "/bird.pid"
    if FileManager.default.fileExists(atPath: processFile) { try FileManager.default.removeItem(atPath: processFile) }
    try await host.execute(
      [program("bird"), "-c", host.directory + "/bird.conf", "-s", controlSocket, "-P", processFile] + arguments)
    try await eventually("bird of \(host.name) answers") { try await ask("show status").contains("up and running") }
    return try await host.processID(of: "bird")
  }

  /// Asks it, and gives back what it says.
  @discardableResult
  public func ask(_ question: String) async throws -> String {
    try await Shell.run(program("birdc"), ["-s", controlSocket, question])
  }
}
