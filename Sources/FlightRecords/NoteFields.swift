import OSPFProtocol
import OSPFWire

/// Timers that ran out, as fields.
extension RecordFields {
  private enum Repeated: String {
    case description = "database-description"
    case requests = "link-state-request"
    case updates = "link-state-update"
    case acknowledgments = "delayed-acknowledgments"
    case withdrawal = "held-withdrawal"
  }

  var note: RouterNote? {
    get {
      guard let repeated: Repeated = word(.repeated) else { return nil }
      switch repeated {
      case .description:
        guard let neighbor = neighborReference, let number: UInt32 = number(.ddSequenceNumber) else { return nil }
        return .descriptionRetransmitted(neighbor, ddSequenceNumber: number)
      case .requests:
        guard let neighbor = neighborReference, let lsas = listedLSAs else { return nil }
        return .requestsRetransmitted(neighbor, lsas)
      case .updates:
        guard let neighbor = neighborReference, let lsas = listedLSAs, let isEarly = flag(.isEarly) else { return nil }
        return .updatesRetransmitted(neighbor, lsas, isEarly: isEarly)
      case .acknowledgments:
        guard let interface = interfaceReference, let lsas = listedLSAs else { return nil }
        return .delayedAcknowledgmentsSent(interface, lsas)
      case .withdrawal: return self[.prefix].flatMap { IPPrefix($0) }.map { .withdrawalHeld($0) }
      }
    }
    set {
      func begin(_ repeated: Repeated) { self[.repeated] = repeated.rawValue }
      switch newValue {
      case .descriptionRetransmitted(let neighbor, let number):
        begin(.description)
        neighborReference = neighbor
        set(.ddSequenceNumber, number)
      case .requestsRetransmitted(let neighbor, let lsas):
        begin(.requests)
        neighborReference = neighbor
        listedLSAs = lsas
      case .updatesRetransmitted(let neighbor, let lsas, let isEarly):
        begin(.updates)
        neighborReference = neighbor
        listedLSAs = lsas
        set(.isEarly, flag: isEarly)
      case .delayedAcknowledgmentsSent(let interface, let lsas):
        begin(.acknowledgments)
        interfaceReference = interface
        listedLSAs = lsas
      case .withdrawalHeld(let prefix):
        begin(.withdrawal)
        set(.prefix, prefix)
      case nil: break
      }
    }
  }

  private var listedLSAs: ListedLSAs? {
    get {
      guard let count: Int = number(.lsaCount) else { return nil }
      let keys = (self[.lsas] ?? "").split(separator: ",").map { LSAKey(recorded: $0.split(separator: " ")[...]) }
      guard keys.allSatisfy({ $0 != nil }) else { return nil }
      return ListedLSAs(keys.compactMap(\.self), count: count)
    }
    set {
      guard let newValue else { return }
      set(.lsaCount, newValue.count)
      self[.lsas] = newValue.keys.isEmpty ? nil : newValue.keys.map(\.recorded).joined(separator: ",")
    }
  }
}

extension LSAKey {
  /// LS type as a number, Link State ID, Advertising Router.
  var recorded: String { "\(lsType.rawValue) \(linkStateID) \(advertisingRouter)" }

  init?(recorded words: ArraySlice<Substring>) {
    let words = Array(words)
    guard words.count == 3, let type = UInt16(words[0]), let linkStateID = IPv4Address(words[1]),
      let advertisingRouter = RouterID(words[2])
    else { return nil }
    self.init(
      lsType: LSType(rawValue: type), linkStateID: LinkStateID(rawValue: linkStateID.rawValue),
      advertisingRouter: advertisingRouter)
  }
}
