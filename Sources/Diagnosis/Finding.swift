/// One thing that is wrong, or worth knowing, between here and the routers.
public struct Finding: Codable, Hashable, Sendable {
  /// How much it matters.
  public var severity: Severity
  /// What it is about: `interface eth0 (OSPFv2)`, `service dns`, `host`.
  public var subject: String
  /// What it is, for programs.
  public var kind: Kind
  /// What is seen, with its values, and what that means.
  public var message: String
  /// What to do; empty where there is nothing to do.
  public var advice: String

  /// How much a finding matters, the worst first.
  public enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
    /// Something does not work.
    case error
    /// Something works less than it should, or will not work when it is needed.
    case warning
    /// Everything is as it should be, and somebody may wonder.
    case note
  }

  public init(_ severity: Severity, _ kind: Kind, subject: String, message: String, advice: String = "") {
    self.severity = severity
    self.subject = subject
    self.kind = kind
    self.message = message
    self.advice = advice
  }

  /// The kinds of findings. Names are stable; new ones may be added.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    // The daemon.
    case daemonUnreachable, daemonSuspended, daemonLeaving, noOSPF, floodWar, reloadFailed, standingProblem
    // An interface.
    case interfaceAbsent, interfaceDown, interfaceNoCarrier, interfacePassive, noLinkLocalAddress
    case nothingHeard, fallenSilent, notYetHeard
    case databaseOverflow, noDesignatedRouter, electionPending, adjacencyFlapping, duplicateRouterID, sameLink, addressConflict
    case linkLayerSourceChanged
    // Packets that are refused.
    case areaMismatch, areaKindMismatch, authenticationMismatch, subnetMismatch, networkMaskMismatch, helloIntervalMismatch
    case routerDeadIntervalMismatch, instanceIDMismatch, addressFamilyMismatch, malformedPackets, limitReached
    case ttlSecurityMismatch
    case noKeyInForce, keyEnds, noAuthentication
    // A neighbor.
    case neighborUnreachable, oneWay, neighborForming, mtuMismatch, exchangeStuck, loadingStuck, twoWayExpected
    case designatedRouterDisputed, linkBackMissing
    // A service.
    case serviceSuspended, serviceShutdown, serviceDrained, serviceDamped, serviceLastResort, serviceWithheld, serviceUnchecked
    case checkFailing, checkDegraded, checkPending
    case addressMissing, addressTentative, nothingListens, prefixConflict, noInstanceForFamily, notAdvertisable
    case advertisedToNobody, notAcknowledged, routesFiltered
    // The host.
    case missingCapability, multicastMembershipMissing, packetFilterDrops, reversePathFilter, arpExposed, otherOSPFSpeaker
    case notLookedAt
  }
}
