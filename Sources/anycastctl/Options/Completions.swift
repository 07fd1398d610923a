import ArgumentParser
import ControlAPI

/// What a shell offers for an argument.
enum Completions {
  /// The services of the running daemon and their addresses; nothing when none answers.
  static let services = CompletionKind.custom { (_: [String], _: Int, _: String) async -> [String] in
    let services = (try? await ControlClient(socketPath: ControlSocket.defaultPath).services()) ?? []
    return services.map(\.name) + services.flatMap { $0.addresses.map(\.address) }
  }

  /// The network devices of this host.
  static let interfaces = CompletionKind.shellCommand("ls /sys/class/net")

  /// Capture files.
  static let captures = CompletionKind.file(extensions: ["pcap", "pcapng", "cap"])
}
