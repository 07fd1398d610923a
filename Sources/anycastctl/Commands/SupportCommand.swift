import ArgumentParser
import ControlAPI
import Diagnosis
import FoundationEssentials
import Glibc

struct SupportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "support", abstract: "One archive of everything that is needed to analyse a problem, without secrets.",
    discussion: """
      Packs every report of the daemon, the findings of doctor and a recording of the last minutes, and lists what is in the archive. It \
      contains no keys or passwords, which the daemon never reveals. In the place of what could not be collected it has the reason.
      """)

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The archive, which must not exist yet.", valueName: "file"))
  var output: String?

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let now = Timestamp.now
    let path = output ?? "anycast-support-\(String("\(now)".prefix(19).map { $0 == ":" ? "-" : $0 })).tar"
    var archive = TarArchive(modified: now.millisecondsSince1970 / 1000)
    var list: [String] = []
    for (name, octets) in await Self.contents(socket.client) {
      archive.add("support/\(name)", octets)
      list.append("  \(name) (\(octets.count) octets)")
    }
    try Self.write(archive.octets, to: path)
    print("\(path):")
    for line in list { print(line) }
  }

  /// The newest recordings that are taken along.
  private static let mostRecordings = 5

  private static func contents(_ client: ControlClient) async -> [(name: String, octets: [UInt8])] {
    var files: [(name: String, octets: [UInt8])] = []
    func add(_ name: String, _ text: () async throws -> String) async {
      do {
        files.append((name, Array(try await text().utf8)))
      } catch {
        files.append(("\(name).failed", Array("\(error)\n".utf8)))
      }
    }
    await add("recording.txt") { try await client.record().messages.joined(separator: "\n") + "\n" }
    let status = try? await client.status()
    await add("versions.txt") { versions(status) }
    await add("status.json") { try JSONCoding.encodeIndented(try await client.status()) }
    await add("services.json") { try JSONCoding.encodeIndented(try await client.services()) }
    await add("checks.json") { try JSONCoding.encodeIndented(try await client.checks()) }
    await add("interfaces.json") { try JSONCoding.encodeIndented(try await client.interfaces()) }
    await add("neighbors.json") { try JSONCoding.encodeIndented(try await client.neighbors()) }
    await add("bfd.json") { try JSONCoding.encodeIndented(try await client.bfd()) }
    await add("fleet.json") { try JSONCoding.encodeIndented(try await client.fleet()) }
    await add("redistribution.json") { try JSONCoding.encodeIndented(try await client.redistribution()) }
    await add("history.json") { try JSONCoding.encodeIndented(try await client.history()) }
    await add("database.json") { try JSONCoding.encodeIndented(try await client.database()) }
    await add("configuration.conf") { try await client.configuration().text }
    await add("doctor.txt") { DoctorCommand.render(Diagnosis(await DoctorCommand.observe(client))) + "\n" }
    return files + recordings(in: status?.recordingDirectory)
  }

  private static func versions(_ status: StatusReport?) -> String {
    let kernel = FileManager.default.contents(atPath: "/proc/sys/kernel/osrelease").map { String(decoding: $0, as: UTF8.self) }
    return
      "anycastctl \(ProductVersion.described)\nanycast-ospfd \(status?.version ?? "does not answer")\nLinux \(kernel ?? "of whatever release\n")"
  }

  private static func recordings(in directory: String?) -> [(name: String, octets: [UInt8])] {
    guard let directory else { return [] }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { $0.hasSuffix(".pcapng") }
      .sorted()
    return names.suffix(mostRecordings).map { name in
      guard let data = FileManager.default.contents(atPath: "\(directory)/\(name)") else {
        return ("recordings/\(name).failed", Array("it cannot be read\n".utf8))
      }
      return ("recordings/\(name)", Array(data))
    }
  }

  private static func write(_ octets: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ValidationError("\(path): \(String(cString: strerror(errno)))") }
    var rest = octets[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, Array(rest), rest.count)
      guard count > 0 || errno == EINTR else {
        close(descriptor)
        throw ValidationError("\(path): \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(max(count, 0))
    }
    close(descriptor)
  }
}
