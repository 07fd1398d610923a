import OSPFProtocol

/// RFC 5880 sections 6.8.2 to 6.8.4, and 6.5: which intervals count, and since when.
extension Session {
  /// The interval at which we send, before jitter (section 6.8.2, 6.8.7). Nil when periodic packets must not be sent.
  var transmitInterval: Microseconds? {
    guard let remote else { return parameters.isPassive ? nil : txIntervalInForce }
    guard remote.minRxInterval != .zero else { return nil }
    // The neighbor is in Demand mode (section 6.6) and hears from us only what it is asked.
    if remote.demandMode, state == .up, remote.state == .up, !pollSequence.isActive { return nil }
    return max(txIntervalInForce, remote.minRxInterval)
  }

  /// The Detection Time in Asynchronous mode (section 6.8.4); nil as long as nothing is known of the neighbor.
  var detectionTime: Duration? {
    guard let remote else { return nil }
    return .microseconds(
      Int64(remote.detectMultiplier) * Int64(max(rxIntervalInForce, remote.desiredMinTxInterval).rawValue))
  }

  /// How long the neighbor waits for us before it declares us gone, as far as we know.
  var remoteDetectionTime: Duration {
    let interval = max(desiredMinTxInterval, remote?.minRxInterval ?? .zero)
    return .microseconds(Int64(parameters.detectMultiplier) * Int64(interval.rawValue))
  }

  /// Decides anew what packets say of our intervals (section 6.8.3): after a change of the state or of the parameters.
  func updateIntervals() {
    let desired = parameters.desiredMinTxInterval
    let tx = state == .up ? desired : max(desired, Session.slowestStart)
    let rx = parameters.requiredMinRxInterval
    let hasChanged = tx != desiredMinTxInterval || rx != requiredMinRxInterval
    desiredMinTxInterval = tx
    requiredMinRxInterval = rx
    // A change that makes the session more patient towards the neighbor, or us quicker, may count at once; the other ones only when
    // the neighbor knows, because it goes by the old values until then. When the session is not Up nothing depends on it.
    txIntervalInForce = state == .up ? min(txIntervalInForce, tx) : tx
    rxIntervalInForce = state == .up ? max(rxIntervalInForce, rx) : rx
    if hasChanged { beginPollSequence() }
  }

  /// Section 6.5. Without a neighbor that is heard there is nobody to ask; then the values are in the first packet that it gets.
  private func beginPollSequence() {
    guard remote != nil else { return }
    pollSequence = .active(another: pollSequence.isActive)
  }

  /// A packet with the Final bit has come (section 6.8.6).
  func endPollSequence() {
    switch pollSequence {
    case .none: return
    case .active(another: true): pollSequence = .active(another: false)
    case .active(another: false):
      pollSequence = .none
      txIntervalInForce = desiredMinTxInterval
      rxIntervalInForce = requiredMinRxInterval
    }
  }

  /// Nothing was received for a Detection Time: what was known of the neighbor is no longer true (section 6.8.1, bfd.RemoteDiscr).
  func forgetRemote() {
    remote = nil
    detectionDeadline = nil
    pollSequence = .none
    txIntervalInForce = desiredMinTxInterval
    rxIntervalInForce = requiredMinRxInterval
  }
}
