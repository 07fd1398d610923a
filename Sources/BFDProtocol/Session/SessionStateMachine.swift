/// What drives the session state machine of RFC 5880 section 6.2.
public enum SessionEvent: Hashable, Sendable, CaseIterable {
  /// A packet was received whose State field is AdminDown, Down, Init or Up (section 6.8.6).
  case receivedAdminDown, receivedDown, receivedInit, receivedUp
  /// No packet was received for a Detection Time (section 6.8.4).
  case detectionTimeExpired
  /// The operator takes the session down or lets it work (section 6.8.16).
  case disabled, enabled

  /// The event of a received State field.
  init(received state: SessionState) {
    switch state {
    case .adminDown: self = .receivedAdminDown
    case .down: self = .receivedDown
    case .`init`: self = .receivedInit
    case .up: self = .receivedUp
    }
  }
}

/// Where an event leads.
struct SessionTransition: Hashable {
  let next: SessionState
  /// bfd.LocalDiag; nil where the event leaves it as it is.
  var diagnostic: Diagnostic?
}

extension SessionState {
  /// The state machine of RFC 5880 sections 6.2, 6.8.4, 6.8.6 and 6.8.16. Nil when the event changes nothing.
  func transition(on event: SessionEvent) -> SessionTransition? {
    switch (self, event) {
    // AdminDown: only the operator ends it.
    case (.adminDown, .enabled): SessionTransition(next: .down)
    case (.adminDown, .receivedAdminDown), (.adminDown, .receivedDown), (.adminDown, .receivedInit), (.adminDown, .receivedUp),
      (.adminDown, .detectionTimeExpired), (.adminDown, .disabled):
      nil

    // Down: a neighbor that is Down as well has heard nothing of us yet; one that is in Init has.
    case (.down, .receivedDown): SessionTransition(next: .`init`)
    case (.down, .receivedInit): SessionTransition(next: .up, diagnostic: Diagnostic.none)
    // It still believes in a session that we no longer have; it must hear of Down first.
    case (.down, .receivedUp): nil
    case (.down, .receivedAdminDown), (.down, .detectionTimeExpired), (.down, .enabled): nil

    // Init: the neighbor has heard of us when it says Init or Up.
    case (.`init`, .receivedInit), (.`init`, .receivedUp): SessionTransition(next: .up, diagnostic: Diagnostic.none)
    case (.`init`, .receivedDown), (.`init`, .enabled): nil
    case (.`init`, .receivedAdminDown): SessionTransition(next: .down, diagnostic: .neighborSignaledSessionDown)
    case (.`init`, .detectionTimeExpired): SessionTransition(next: .down, diagnostic: .controlDetectionTimeExpired)

    // Up.
    case (.up, .receivedInit), (.up, .receivedUp), (.up, .enabled): nil
    case (.up, .receivedAdminDown), (.up, .receivedDown):
      SessionTransition(next: .down, diagnostic: .neighborSignaledSessionDown)
    case (.up, .detectionTimeExpired): SessionTransition(next: .down, diagnostic: .controlDetectionTimeExpired)

    case (.down, .disabled), (.`init`, .disabled), (.up, .disabled):
      SessionTransition(next: .adminDown, diagnostic: .administrativelyDown)
    }
  }
}
