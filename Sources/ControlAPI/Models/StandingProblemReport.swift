/// Something that went wrong while services go on, and that is said until it is mended or acknowledged: a part of ``StatusReport``.
public struct StandingProblemReport: Codable, Hashable, Sendable {
  /// What it is, for programs and for `anycastctl acknowledge`.
  public var name: StandingProblemName
  /// The same in words, with its cause and what comes of it.
  public var message: String
  /// Since when.
  public var since: Timestamp
  /// Whether somebody has said that it is known: it is no warning any more, and stays here until it is mended.
  public var acknowledged: Bool

  public init(name: StandingProblemName, message: String, since: Timestamp, acknowledged: Bool = false) {
    self.name = name
    self.message = message
    self.since = since
    self.acknowledged = acknowledged
  }
}

/// The problems that can stand. What could not be written is tried again until it is; what could not be read is lost, and stands until it
/// is acknowledged.
public enum StandingProblemName: String, Codable, Hashable, Sendable, CaseIterable {
  case addressJournalNotRead = "address-journal-not-read"
  case addressJournalNotWritten = "address-journal-not-written"
  case drainsNotRead = "drains-not-read"
  case drainsNotWritten = "drains-not-written"
  case servicesNotRead = "services-not-read"
  case servicesNotWritten = "services-not-written"
  case sequenceNumbersNotRead = "sequence-numbers-not-read"
  case sequenceNumbersNotWritten = "sequence-numbers-not-written"
  case restartNotRead = "restart-not-read"
  case restartNotWritten = "restart-not-written"
  case historyNotRead = "history-not-read"
  case historyNotWritten = "history-not-written"
  case stateDirectoryNotLocked = "state-directory-not-locked"
  case controlSocketNotOpen = "control-socket-not-open"

  /// In a few words, for a line that has room for no more.
  public var words: String {
    switch self {
    case .addressJournalNotRead: "the address journal could not be read"
    case .addressJournalNotWritten: "the address journal cannot be written"
    case .drainsNotRead: "the drains of the last run are lost"
    case .drainsNotWritten: "drains cannot be stored"
    case .servicesNotRead: "services of the last run are left out"
    case .servicesNotWritten: "services added at run time cannot be stored"
    case .sequenceNumbersNotRead: "the cryptographic sequence numbers of the last run are lost"
    case .sequenceNumbersNotWritten: "the cryptographic sequence numbers cannot be stored"
    case .restartNotRead: "what the last run left for this one could not be read"
    case .restartNotWritten: "nothing can be left for the next run"
    case .historyNotRead: "the history cannot be read"
    case .historyNotWritten: "the history cannot be written"
    case .stateDirectoryNotLocked: "the state directory cannot be locked"
    case .controlSocketNotOpen: "the control socket cannot be opened"
    }
  }

  /// Whether it ends by itself when its cause does. What was lost does not come back.
  public var endsByItself: Bool {
    switch self {
    case .addressJournalNotRead, .drainsNotRead, .servicesNotRead, .sequenceNumbersNotRead, .restartNotRead, .historyNotRead:
      false
    case .addressJournalNotWritten, .drainsNotWritten, .servicesNotWritten, .sequenceNumbersNotWritten, .restartNotWritten,
      .historyNotWritten, .stateDirectoryNotLocked, .controlSocketNotOpen:
      true
    }
  }
}

extension StandingProblemName: CustomStringConvertible { public var description: String { rawValue } }
