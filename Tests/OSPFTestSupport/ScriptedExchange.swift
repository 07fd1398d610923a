import OSPFProtocol
import OSPFWire

/// What a hand-made neighbor remembers of a database exchange (RFC 2328 section 10.8) that it goes through by itself.
struct ScriptedExchange {
  /// Whether it is the master.
  var isMaster: Bool
  /// The DD sequence number of the packet that is under way.
  var sequenceNumber: UInt32
  /// What it has not described yet.
  var undescribed: [LSAHeader]
  /// Whether its last packet had the M-bit clear.
  var saidEverything = false
  /// Whether both sides have said everything.
  var isDone = false
}

extension HandMadeNeighbor {
  /// Answers a Database Description of the engine as a router would.
  func take(_ description: DatabaseDescription) {
    if description.flags.contains(.initialize) {
      begin(description)
    } else if exchange?.isMaster == true {
      continueAsMaster(description)
    } else if exchange != nil {
      continueAsSlave(description)
    }
  }

  private func begin(_ description: DatabaseDescription) {
    let isMaster = routerID > bench.router.configuration.routerID
    described = []
    let headers = database.values.map(lsas.header).sorted { $0.key < $1.key }
    if isMaster {
      exchange = ScriptedExchange(isMaster: true, sequenceNumber: ddSequenceNumber &+ 1, undescribed: headers)
      sendDescription([.initialize, .more, .master], sequence: ddSequenceNumber &+ 1)
    } else {
      exchange = ScriptedExchange(isMaster: false, sequenceNumber: description.sequenceNumber, undescribed: headers)
      describeNext()
    }
  }

  private func continueAsMaster(_ description: DatabaseDescription) {
    guard var state = exchange, !state.isDone, description.sequenceNumber == state.sequenceNumber else { return }
    described += description.lsaHeaders
    if state.saidEverything, !description.flags.contains(.more) {
      state.isDone = true
      exchange = state
      requestEverything()
    } else {
      state.sequenceNumber &+= 1
      exchange = state
      describeNext()
    }
  }

  private func continueAsSlave(_ description: DatabaseDescription) {
    guard var state = exchange, description.sequenceNumber == state.sequenceNumber &+ 1 else { return }
    described += description.lsaHeaders
    state.sequenceNumber = description.sequenceNumber
    let isLast = !description.flags.contains(.more)
    exchange = state
    describeNext()
    if isLast, exchange?.saidEverything == true {
      exchange?.isDone = true
      requestEverything()
    }
  }

  private func describeNext() {
    guard var state = exchange else { return }
    let headers = Array(state.undescribed.prefix(headersPerDescription))
    state.undescribed.removeFirst(headers.count)
    state.saidEverything = state.undescribed.isEmpty
    exchange = state
    var flags: DatabaseDescription.Flags = state.isMaster ? .master : []
    if !state.saidEverything { flags.insert(.more) }
    sendDescription(flags, sequence: state.sequenceNumber, headers)
  }

  private func requestEverything() {
    guard automatic.contains(.requests), !described.isEmpty else { return }
    let keys = described.map(\.key)
    for start in stride(from: 0, to: keys.count, by: 100) { sendRequest(Array(keys[start..<min(start + 100, keys.count)])) }
  }
}
