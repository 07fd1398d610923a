import ArgumentParser
import FirstConfiguration
import Glibc
import NIOCore
import OSPFWire

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a first configuration that fits the routers that this host hears.",
    discussion:
      "It looks at the devices, addresses and default gateways, and listens for Hellos. Their area, timers, network type "
      + "and authentication become lines; what cannot be known becomes a comment. With --router the router's side stands below.")

  @Option(
    help: ArgumentHelp("The device that leads to the router; otherwise one is chosen.", valueName: "device"),
    completion: .shellCommand("ls /sys/class/net"))
  var interface: String?

  @Option(help: ArgumentHelp("An anycast address of the first service; may be repeated.", valueName: "address"))
  var address: [IPAddress] = []

  @Option(
    help: ArgumentHelp(
      "Write the router's side too: \(RouterKind.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kind"))
  var router: RouterKind?

  @Option(help: ArgumentHelp("How long to listen for Hellos.", valueName: "seconds"))
  var listen = 10

  @Option(
    name: [.short, .long], help: ArgumentHelp("Write to this new file instead of standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the output file when there is one already.")
  var force = false

  func validate() throws {
    guard (0...3600).contains(listen) else { throw ValidationError("--listen is a number of seconds from 0 to 3600") }
  }

  func run() throws {
    let configuration: FirstConfiguration
    do {
      configuration = try FirstConfiguration(
        for: HostObserver.observe(listening: listen) { complain("listening for routers for \(listen) s") },
        FirstConfigurationRequest(interface: interface, addresses: address, router: router))
    } catch let error as UnknownDevice {
      throw OperatorError(lines: ["\(error)"])
    }
    guard let output else { return print(configuration.text, terminator: "") }
    do throws(FileAccess.Failure) {
      try FileAccess.write(configuration.text, toNewFile: output, replacing: force)
    } catch {
      throw OperatorError(lines: ["\(error)\(error.isExistingFile ? "; --force replaces it" : "")"])
    }
  }

  private func complain(_ message: String) {
    let octets = Array("anycast-ospfd: \(message)\n".utf8)
    _ = write(STDERR_FILENO, octets, octets.count)
  }
}

extension RouterKind: ExpressibleByArgument {
  /// Any case, with or without the hyphen.
  public init?(argument: String) { self.init(named: argument) }

  /// What can be said.
  public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

extension IPAddress: ExpressibleByArgument {
  /// An address as it is written.
  public init?(argument: String) { self.init(argument) }
}
