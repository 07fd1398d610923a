import Configuration
import OSPFProtocol
import OSPFWire

extension ConfigurationGenerator {
  /// `ip ospf bfd`, with any of the words that may follow it.
  mutating func interfaceBFD() -> InterfaceBFD {
    var bfd = InterfaceBFD()
    bfd.profile = maybe { $0.one(of: ["fast", "undefined"], or: "fast") }
    bfd.isStrict = Bool.random(using: &random)
    if bfd.isStrict { bfd.holdOff = maybe { .milliseconds($0.number(1...3_600_000)) } }
    if Bool.random(using: &random) {
      bfd.parameters.detectMultiplier = number(2...255)
      bfd.parameters.receiveInterval = .milliseconds(number(10...60_000))
      bfd.parameters.transmitInterval = .milliseconds(number(10...60_000))
    }
    return bfd
  }

  /// The `bfd` block.
  mutating func bfd() -> BFDConfiguration {
    var bfd = BFDConfiguration()
    for name in ["fast", "slow"] where Bool.random(using: &random) { bfd.profiles[name] = bfdParameters() }
    for index in 0..<number(0...2) {
      var statement = BFDPeerStatement()
      statement.profile = maybe { $0.one(of: ["fast", "undefined"], or: "fast") }
      statement.parameters = bfdParameters()
      let address: IPAddress = .v4(IPv4Address(10, 0, 0, UInt8(index + 1)))
      let name = BFDPeerName(
        address: address, interface: maybe { $0.one(of: ["eth0", "eth1"], or: "eth0") },
        localAddress: maybe { _ in .v6(IPv6Address(high: 0xFE80_0000_0000_0000, low: 1)) })
      bfd.peers[name] = statement
    }
    return bfd
  }

  private mutating func bfdParameters() -> BFDParameters {
    var parameters = BFDParameters()
    parameters.detectMultiplier = maybe { $0.number(1...255) }
    parameters.transmitInterval = maybe { .milliseconds($0.number(10...60_000)) }
    parameters.receiveInterval = maybe { .milliseconds($0.number(10...60_000)) }
    parameters.minimumTTL = maybe { $0.number(1...255) }
    parameters.isPassive = maybe { _ in true }
    parameters.isShutDown = maybe { _ in true }
    parameters.authentication = maybe {
      BFDAuthenticationChoice(
        kind: $0.one(of: BFDAuthenticationChoice.Kind.allCases, or: .keyedSHA1), keyChain: $0.one(of: ["x", "y"], or: "x"))
    }
    return parameters
  }
}
