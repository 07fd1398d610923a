import AnycastNode
import BFDProtocol
import LinuxNetwork
import OSPFProtocol

/// What can be made to happen very often by somebody else. The first events of a reason on an interface are logged, the others of the same
/// minute are counted. There are few of them, and nothing that a packet says is part of one: otherwise every forged packet would have a
/// line of its own.
enum LimitedReason: Hashable, Sendable {
  case refusal(Refusal.Kind)
  case bfdRefusal(BFDRefusal)
  case limit(Event.Limit)
  case nearLimit(Event.Limit)
  case duplicateRouterID
  case neighborChange
  case designatedRouterChange
  case selfOriginated(Event.SelfOriginatedAction)
  case socket
  case group
  case malformedIPHeader
  case linkLayerChanged
  case linkLayerContested
  case addressConflict
  case transmission(TransmissionFailure)

  /// Why BFD packets are refused, the particulars left out.
  enum BFDRefusal: Hashable, Sendable {
    case malformed, discriminator, session, distance, authentication

    init(_ refusal: ReceptionRefusal) {
      switch refusal {
      case .malformed: self = .malformed
      case .unknownDiscriminator, .otherInterface, .yourDiscriminatorZero: self = .discriminator
      case .noSession, .administrativelyDown: self = .session
      case .ttl: self = .distance
      case .authenticationNotInUse, .authenticationMissing, .authentication: self = .authentication
      }
    }
  }

  /// Why packets are not sent, the particulars left out.
  enum TransmissionFailure: Hashable, Sendable {
    case source, route, length, buffer, filter, queue, version, system(code: Int32)
  }

  /// How many events of a minute are logged. A LAN may well have a hundred routers that all come at once; a change to or from Full is
  /// always said.
  var admitted: Int {
    switch self {
    case .neighborChange, .designatedRouterChange: 100
    case .refusal, .bfdRefusal, .limit, .nearLimit, .duplicateRouterID, .selfOriginated, .socket, .group, .malformedIPHeader,
      .linkLayerChanged, .linkLayerContested, .addressConflict, .transmission:
      1
    }
  }

  /// The reason of an event; nil when it is logged each time.
  init?(_ event: NodeEvent) {
    switch event {
    case .router(_, .packetRefused(_, _, _, let reason), _): self = .refusal(reason.kind)
    case .router(_, .limitReached(let limit, _), _): self = .limit(limit)
    case .router(_, .limitNear(let limit), _): self = .nearLimit(limit)
    case .router(_, .duplicateRouterID, _): self = .duplicateRouterID
    case .router(_, .neighborStateChanged(_, let from, let to, _), _) where from != .full && to != .full: self = .neighborChange
    case .router(_, .designatedRouterChanged, _): self = .designatedRouterChange
    // After a restart they come by the thousand.
    case .router(_, .receivedSelfOriginated(_, let action), _): self = .selfOriginated(action)
    case .bfd(.packetRefused(_, _, let reason), _): self = .bfdRefusal(BFDRefusal(reason))
    case .socketNotOpened, .socketLost: self = .socket
    case .groupNotJoined: self = .group
    case .router, .bfd, .policy, .instanceStarted, .gracefulRestartBegun, .interfaceAbsent, .interfacePresent: return nil
    }
  }

  /// The reason of a packet that was not sent; nil when it is not logged at all.
  init?(_ error: TransmissionError) {
    switch error {
    case .interfaceDown, .interfaceGone, .closed: return nil
    case .sourceNotAvailable: self = .transmission(.source)
    case .unreachable: self = .transmission(.route)
    case .tooLong: self = .transmission(.length)
    case .noBufferSpace: self = .transmission(.buffer)
    case .notPermitted: self = .transmission(.filter)
    case .queueFull: self = .transmission(.queue)
    case .wrongVersion: self = .transmission(.version)
    case .other(let error): self = .transmission(.system(code: error.code))
    }
  }
}
