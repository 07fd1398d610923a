import ControlAPI

/// The keys of an interface: whether there is one to send with, and for how long.
struct KeyDiagnosis {
  let interface: InterfaceReport

  private var keys: [KeyReport] { interface.authenticationKeys }

  var findings: [Finding] {
    guard interface.needsKey else { return [] }
    guard let key = interface.sendingKey else {
      return [
        Finding(
          .error, .noKeyInForce, subject: interface.subject,
          message: keys.isEmpty
            ? "Packets are to be authenticated, and there is no key: nothing is sent, and nothing is accepted."
            : "No key is in force now, out of \(Phrases.count(keys.count, "key")): nothing is sent.",
          advice: "Look at the send-lifetime of each key (`anycast-ospfd check`), and at the clock of this host (`date`).")
      ]
    }
    return keys.filter { $0.sending || $0.accepted }.compactMap { ending($0, inUse: key) }
  }

  private func ending(_ key: KeyReport, inUse: KeyReport) -> Finding? {
    let seconds = key.sending ? key.sendEndsSeconds : key.acceptEndsSeconds
    guard let seconds, seconds < KeyReport.warningSeconds else { return nil }
    guard key.sending else {
      return Finding(
        .warning, .keyEnds, subject: interface.subject,
        message: "Key \(key.id) is accepted for \(Phrases.duration(seconds)) more; we send with key \(inUse.id).",
        advice: "See that no router of the network sends with key \(key.id) after that.")
    }
    let successor = interface.successor(of: key, after: seconds)
    return Finding(
      .warning, .keyEnds, subject: interface.subject,
      message: "Key \(key.id), with which we send, ends in \(Phrases.duration(seconds)). "
        + (successor.map { "Key \($0.id) takes its place." } ?? "No key takes its place: nothing is sent then."),
      advice: successor == nil
        ? "Add a key with a send-lifetime that begins before that, to every router of the network."
        : "See that every router of the network has that key, and accepts it.")
  }
}
