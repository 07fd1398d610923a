import OSPFProtocol
import OSPFWire

extension BFDConfiguration {
  /// The block. Profiles come first: after a peer, `profile` is what the peer refers to.
  var lines: [String] {
    var lines = ["bfd"]
    for (name, parameters) in profiles.sorted(by: { $0.key < $1.key }) {
      lines.append(" profile \(name)")
      lines += parameters.lines.map { "  \($0)" }
      lines.append(" exit")
    }
    for (name, statement) in peers.sorted(by: { $0.key < $1.key }) {
      lines.append(" peer \(name.text)")
      if let profile = statement.profile { lines.append("  profile \(profile)") }
      lines += statement.parameters.lines.map { "  \($0)" }
      lines.append(" exit")
    }
    return lines
  }
}

extension BFDParameters {
  /// A line for each parameter that is configured.
  fileprivate var lines: [String] {
    var lines: [String] = []
    if let detectMultiplier { lines.append("detect-multiplier \(detectMultiplier)") }
    if let transmitInterval { lines.append("transmit-interval \(DurationText.milliseconds(transmitInterval))") }
    if let receiveInterval { lines.append("receive-interval \(DurationText.milliseconds(receiveInterval))") }
    if let minimumTTL { lines.append("minimum-ttl \(minimumTTL)") }
    if isPassive == true { lines.append("passive-mode") }
    if isShutDown == true { lines.append("shutdown") }
    if let authentication {
      lines.append("authentication \(authentication.kind.rawValue) key-chain \(authentication.keyChain)")
    }
    return lines
  }
}

extension InterfaceBFD {
  /// The lines of the interface, without the words of the version.
  var lines: [String] {
    var lines: [String] = []
    if let multiplier = parameters.detectMultiplier, let receive = parameters.receiveInterval,
      let transmit = parameters.transmitInterval
    {
      lines.append(
        "bfd \(multiplier) \(DurationText.milliseconds(receive)) \(DurationText.milliseconds(transmit))")
    }
    if let profile { lines.append("bfd profile \(profile)") }
    if isStrict { lines.append("bfd strict" + (holdOff.map { " hold-off \(DurationText.format($0))" } ?? "")) }
    return lines.isEmpty ? ["bfd"] : lines
  }
}
