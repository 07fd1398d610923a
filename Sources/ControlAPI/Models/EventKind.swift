/// What kind of event happened, for programs. A later daemon may name others, which a tool of today shows as they are.
public struct EventKind: RawRepresentable, Hashable, Sendable {
  public var rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public static let addressAdopted = Self(rawValue: "addressAdopted")
  public static let addressDisappeared = Self(rawValue: "addressDisappeared")
  public static let addressNotAdded = Self(rawValue: "addressNotAdded")
  public static let addressNotOurs = Self(rawValue: "addressNotOurs")
  public static let addressNotRemoved = Self(rawValue: "addressNotRemoved")
  public static let addressRemoved = Self(rawValue: "addressRemoved")
  public static let addressesNotServed = Self(rawValue: "addressesNotServed")
  public static let advertisementAcknowledged = Self(rawValue: "advertisementAcknowledged")
  public static let bfdFailed = Self(rawValue: "bfdFailed")
  public static let bfdPacketRefused = Self(rawValue: "bfdPacketRefused")
  public static let bfdPacketsRefused = Self(rawValue: "bfdPacketsRefused")
  public static let bfdSessionEnded = Self(rawValue: "bfdSessionEnded")
  public static let bfdSessionStateChanged = Self(rawValue: "bfdSessionStateChanged")
  public static let bfdStarted = Self(rawValue: "bfdStarted")
  public static let checkStateChanged = Self(rawValue: "checkStateChanged")
  public static let databaseCorrupted = Self(rawValue: "databaseCorrupted")
  public static let departed = Self(rawValue: "departed")
  public static let designatedRouterChanged = Self(rawValue: "designatedRouterChanged")
  public static let drainEnded = Self(rawValue: "drainEnded")
  public static let drainStarted = Self(rawValue: "drainStarted")
  public static let duplicateRouterID = Self(rawValue: "duplicateRouterID")
  public static let flushed = Self(rawValue: "flushed")
  public static let gracefulRestart = Self(rawValue: "gracefulRestart")
  public static let instanceStarted = Self(rawValue: "instanceStarted")
  public static let interfaceAbsent = Self(rawValue: "interfaceAbsent")
  public static let interfacePresent = Self(rawValue: "interfacePresent")
  public static let interfaceStateChanged = Self(rawValue: "interfaceStateChanged")
  public static let journalFailed = Self(rawValue: "journalFailed")
  public static let keyInForce = Self(rawValue: "keyInForce")
  public static let limitReached = Self(rawValue: "limitReached")
  public static let linkBackMissing = Self(rawValue: "linkBackMissing")
  public static let multicastFailed = Self(rawValue: "multicastFailed")
  public static let neighborStateChanged = Self(rawValue: "neighborStateChanged")
  public static let noKeyInForce = Self(rawValue: "noKeyInForce")
  public static let notAdvertisable = Self(rawValue: "notAdvertisable")
  public static let onChangeFailed = Self(rawValue: "onChangeFailed")
  public static let originated = Self(rawValue: "originated")
  public static let packetRefused = Self(rawValue: "packetRefused")
  public static let prefixConflict = Self(rawValue: "prefixConflict")
  public static let receivedSelfOriginated = Self(rawValue: "receivedSelfOriginated")
  public static let routeDisappeared = Self(rawValue: "routeDisappeared")
  public static let routeNotInstalled = Self(rawValue: "routeNotInstalled")
  public static let serviceAdded = Self(rawValue: "serviceAdded")
  public static let serviceHeldDown = Self(rawValue: "serviceHeldDown")
  public static let serviceReleased = Self(rawValue: "serviceReleased")
  public static let serviceRemoved = Self(rawValue: "serviceRemoved")
  public static let serviceStateChanged = Self(rawValue: "serviceStateChanged")
  public static let socketFailed = Self(rawValue: "socketFailed")
  public static let transmissionFailed = Self(rawValue: "transmissionFailed")
  public static let watcherFailed = Self(rawValue: "watcherFailed")
  public static let watcherOverrun = Self(rawValue: "watcherOverrun")
  public static let withdrawalAcknowledged = Self(rawValue: "withdrawalAcknowledged")
}

extension EventKind: CustomStringConvertible { public var description: String { rawValue } }

// A string in JSON.
extension EventKind: Codable {}
