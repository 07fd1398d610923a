import OSPFWire

/// `metrics listen ADDRESS:PORT`: where Prometheus and browsers may look, beside the control socket.
enum MetricsCommands {
  static let all: [Command] = [
    Command("metrics listen") { arguments, draft throws(ConfigurationError) in
      let word = arguments.peek
      let endpoint = try endpoint(&arguments)
      guard !draft.configuration.metricsListeners.contains(endpoint) else {
        throw arguments.conflict("this address is listened on already", at: word)
      }
      draft.configuration.metricsListeners.append(endpoint)
      if !endpoint.isLoopback {
        draft.note(
          .caution, arguments,
          "whoever reaches this port reads the state of the node; let only those in who should, as with "
            + "'nft add rule inet filter input tcp dport \(endpoint.port) \(endpoint.familyWord) saddr != MONITORING drop'")
      }
    } undo: { arguments, draft throws(ConfigurationError) in
      guard !arguments.isAtEnd else {
        draft.configuration.metricsListeners = []
        return
      }
      let endpoint = try endpoint(&arguments)
      draft.configuration.metricsListeners.removeAll { $0 == endpoint }
    }
  ]

  private static func endpoint(_ arguments: inout Arguments) throws(ConfigurationError) -> MetricsListener {
    try arguments.value("ADDRESS:PORT, an IPv6 address in brackets: '127.0.0.1:9342', '[::1]:9342'", MetricsListener.init)
  }
}
