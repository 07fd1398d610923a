import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

extension ImportedConfiguration {
  /// The configuration in its native form, with comments that say what was made of what. Parsing the text gives the configuration. Without
  /// secrets a word stands in their place that is refused.
  public func rendered(showingSecrets: Bool = true) -> String {
    let proposed = Dictionary(proposals.map { ($0.service.name, $0) }) { first, _ in first }
    let text = configuration.rendered(showingSecrets: showingSecrets) { service in
      proposed[service.name]?.comments ?? []
    }
    return (header + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)).joined(separator: "\n")
  }

  private var header: [String] {
    let said: [[String]] = [
      ["Written by 'anycast-ospfd import' from \(paths.joined(separator: ", "))."],
      configuration.services.isEmpty ? ["No line names an address that looks like that of a service: nothing is proposed."] : [],
      sameMeaning,
      proposals.isEmpty ? [] : Self.modes,
      ofHealthCheckers,
      section("Left out, because the services below say it, or because nothing refers to it any more:", leftOut),
      section("Kept, and what belongs to a service is not redistributed beside it:", kept),
      section("Not proposed as services:", declined.map { "\($0.prefix.address): \($0.reason)" }),
      section("Of files of other programs:", remarks),
      section("Lines without effect, and lines that mean something else here:", notices.map(\.description)),
      routes.isEmpty ? [] : routeExplanation,
    ]
    return said.filter { !$0.isEmpty }.flatMap { $0.map { $0.isEmpty ? "!" : "! \($0)" } + ["!"] }
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [title] + lines.map { "  \($0)" }
  }

  /// Of the files of routing daemons.
  private var sameMeaning: [String] {
    let files = paths.filter { !healthCheckers.contains($0) }
    guard !files.isEmpty, !configuration.services.isEmpty else { return [] }
    let those = healthCheckers.isEmpty ? "those files" : files.joined(separator: " and ")
    return [
      "To the routers it means the same as \(those) did, as long as the same addresses are on the same devices: each",
      "'anycast service' advertises what was redistributed, or was a stub link, with the same metric, type and tag.",
    ]
  }

  /// Of the files of health checkers.
  private var ofHealthCheckers: [String] {
    guard !healthCheckers.isEmpty else { return [] }
    return [
      "\(healthCheckers.joined(separator: " and ")): what is checked there is checked here. How the addresses are advertised the routing",
      "daemon beside it said, and not this file: its services have the default, 'advertise external metric 20 metric-type 2'. Compare",
      "metric, type and tag with what the routers know today before you change over.",
    ]
  }

  private static let modes = [
    "'address-mode present': somebody else, as a probe script, puts the address on the device and takes it away, and that is followed.",
    "'address-mode always': Quagga's zebra had the address in its configuration, and this daemon puts it there in its place.",
    "To replace a script: give the service checks, stop the script, and write 'address-mode healthy', so that the address is on its",
    "device while the service is up, or 'always'. Addresses of one service, also of IPv4 and IPv6, can share one block.",
  ]

  /// Blocks in comments: a service that installs a route is no service that follows one.
  private var routeExplanation: [String] {
    let explanation = [
      "Routes of the kernel are still redistributed as they come and go. A service can install one itself while its checks pass:"
    ]
    return explanation
      + routes.flatMap { route in
        [
          "  anycast service NAME", "   address \(route.prefix.address)", "   address-mode none",
          "   advertise \(route.kind.text)", "   install-route via GATEWAY", "   check tcp port PORT", "  (from \(route.origin))",
        ]
      }
  }
}

extension ServiceProposal {
  /// What stands inside of the block.
  fileprivate var comments: [String] {
    let hints =
      checks.isEmpty
      ? ["! no name says what this service is; a check is written as: check tcp port 53"]
      : ["! by its name, a check could be:"] + checks.map { "! check \($0)" }
    return origins.map { "! from \($0)" } + hints
  }
}
