import OSPFWire
import Testing

import Configuration

/// Parses one file called `test.conf`.
package func parse(_ text: String) throws(ConfigurationErrors) -> ParsedConfiguration {
  try Configuration.parse([SourceFile(path: "test.conf", text: text)])
}

/// The configuration of a text that must be right.
package func configuration(_ text: String) throws -> Configuration { try parse(text).configuration }

/// The errors of a text that must be wrong, as the operator reads them.
package func errors(_ text: String) -> [String] { errors([SourceFile(path: "test.conf", text: text)]) }

/// The notices of a text that must be right, as the operator reads them.
package func notices(_ text: String) throws -> [String] { try parse(text).notices.map(\.description) }

/// A service that is complete, with more lines.
package func service(_ lines: String...) -> String {
  (["anycast service dns", " address 192.0.2.1"] + lines.map { " \($0)" }).joined(separator: "\n") + "\n"
}

/// The configuration that the design gives as its example.
package let example = """
  ! an uplink: tuned timers per interface
  interface bond0
   ip ospf area 0.0.0.0
   ip ospf hello-interval 5
   ip ospf dead-interval 20
   ip ospf network point-to-point
   ip ospf cost 10
   ipv6 ospf6 area 0.0.0.0
   ipv6 ospf6 hello-interval 5
   ipv6 ospf6 dead-interval 20
  !
  router ospf
   ospf router-id 198.51.100.2
   log-adjacency-changes
  !
  router ospf6
   ospf6 router-id 198.51.100.2
  !
  ! a service: what is checked, what is advertised while it passes
  anycast service dns
   description recursive resolver
   address 192.0.2.1
   address 2001:db8:ffff:a000:fdc0::3b5
   advertise external metric-type 2 metric 20
   check dns name www.example.net type A interval 1s timeout 500ms rise 2 fall 3
   check tcp port 53
  !
  """

/// The errors of several files.
package func errors(_ files: [SourceFile]) -> [String] {
  do throws(ConfigurationErrors) {
    _ = try Configuration.parse(files)
    return []
  } catch {
    return error.errors.map(\.description)
  }
}

/// An address that is written in a test.
package func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

/// An IPv4 address that is written in a test.
package func ipv4(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }
