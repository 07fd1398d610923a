import OSPFWire

/// Refusals said to an operator, with both sides' values.
extension Refusal {
  /// What is wrong with the packet, as the end of a sentence: `HelloInterval is 5 s there and 10 s here`.
  public var sentence: String {
    switch self {
    case .malformed(let error): error.description
    case .areaMismatch(let received, let ours): "the area is \(received) there and \(ours) here"
    case .authenticationTypeMismatch(let received, let ours):
      AuthenticationError.type(received: received, ours: ours).description
    case .authenticationTrailerMismatch(let received): AuthenticationError.trailer(isThere: received).description
    case .authenticationFailed(let error): error.description
    case .cryptographicSequenceNumberTooLow(let received, let last, let keyID):
      "the cryptographic sequence number \(received) with key ID \(keyID) is "
        + (received == last ? "that of the neighbor's last packet" : "lower than \(last), which the neighbor sent before")
    case .sourceNotOnSubnet(let source, let subnet): "\(source) is not on our subnet \(subnet)"
    case .sourceNotAHost(let source): "\(source) is not the address of a host"
    case .reservedRouterID(let source): "\(source) has the router ID 0.0.0.0, which no router may have"
    case .destinationNotForUs(let destination): "it is addressed to \(destination), to which we do not listen"
    case .instanceMismatch(let received, let ours): "the Instance ID is \(received) there and \(ours) here"
    case .sourceNotLinkLocal(let source): "\(source) is not a link-local address"
    case .interfaceNotActive: "OSPF is not active on the interface"
    case .timeToLiveTooLow(let received):
      "it came with TTL \(received.map { $0 == 0 ? "below 255" : "\($0)" } ?? "unknown"), and 'ttl-security' wants 255: it is from "
        + "beyond the link, or the neighbor has no TTL security"
    case .neighborNotAllowed(let source): "the neighbor filter of the interface does not allow \(source)"
    case .noSuchInterface: "no OSPF interface is configured on the device for that subnet"
    case .unknownNeighbor(let type, let source): "a \(type) from \(source), from which no Hello was accepted"
    case .ownRouterID(let source): "\(source) uses our own router ID"
    case .networkMaskMismatch(let received, let ours): "the network mask is \(received) there and \(ours) here"
    case .helloIntervalMismatch(let received, let ours): "HelloInterval is \(received) s there and \(ours) s here"
    case .routerDeadIntervalMismatch(let received, let ours): "RouterDeadInterval is \(received) s there and \(ours) s here"
    case .externalRoutingCapabilityMismatch(let received, let ours):
      "the E-bit is \(Self.bit(received)) there and \(Self.bit(ours)) here: one side takes the area for a stub area or an NSSA"
    case .nssaCapabilityMismatch(let received, let ours):
      "the N-bit is \(Self.bit(received)) there and \(Self.bit(ours)) here: one side takes the area for an NSSA"
    case .addressFamilyMismatch: "the AF-bit does not fit the address family of our instance"
    case .mtuMismatch(let neighbor, let ours): "the interface MTU is \(neighbor) there and \(ours) here"
    case .neighborStateTooLow(let type, let state): "a \(type), which a neighbor in state \(state) may not send"
    case .limit(let limit): "the limit of \(limit.rawValue) is reached"
    }
  }

  /// The kinds of refusals, the particulars left out. Each one's text is its name for programs.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case malformed, areaMismatch, authenticationTypeMismatch, authenticationKeyUnknown, authenticationKeyNotInForce
    case authenticationProtocolIDOrder, authenticationFailed, cryptographicSequenceNumberTooLow, sourceNotOnSubnet
    case sourceNotAHost, reservedRouterID, destinationNotForUs, instanceMismatch, sourceNotLinkLocal, interfaceNotActive
    case noSuchInterface, unknownNeighbor, ownRouterID, networkMaskMismatch, helloIntervalMismatch
    case routerDeadIntervalMismatch, externalRoutingCapabilityMismatch, nssaCapabilityMismatch, addressFamilyMismatch
    case mtuMismatch, neighborStateTooLow, limit, timeToLiveTooLow, neighborNotAllowed
  }

  /// The kind of refusal, for counting equal ones together.
  public var kind: Kind {
    switch self {
    case .malformed: .malformed
    case .areaMismatch: .areaMismatch
    case .authenticationTypeMismatch, .authenticationTrailerMismatch: .authenticationTypeMismatch
    case .authenticationFailed(.unknownKey): .authenticationKeyUnknown
    case .authenticationFailed(.keyNotInForce): .authenticationKeyNotInForce
    case .authenticationFailed(.protocolIDOrder): .authenticationProtocolIDOrder
    case .authenticationFailed: .authenticationFailed
    case .cryptographicSequenceNumberTooLow: .cryptographicSequenceNumberTooLow
    case .sourceNotOnSubnet: .sourceNotOnSubnet
    case .sourceNotAHost: .sourceNotAHost
    case .reservedRouterID: .reservedRouterID
    case .destinationNotForUs: .destinationNotForUs
    case .instanceMismatch: .instanceMismatch
    case .sourceNotLinkLocal: .sourceNotLinkLocal
    case .interfaceNotActive: .interfaceNotActive
    case .noSuchInterface: .noSuchInterface
    case .timeToLiveTooLow: .timeToLiveTooLow
    case .neighborNotAllowed: .neighborNotAllowed
    case .unknownNeighbor: .unknownNeighbor
    case .ownRouterID: .ownRouterID
    case .networkMaskMismatch: .networkMaskMismatch
    case .helloIntervalMismatch: .helloIntervalMismatch
    case .routerDeadIntervalMismatch: .routerDeadIntervalMismatch
    case .externalRoutingCapabilityMismatch: .externalRoutingCapabilityMismatch
    case .nssaCapabilityMismatch: .nssaCapabilityMismatch
    case .addressFamilyMismatch: .addressFamilyMismatch
    case .mtuMismatch: .mtuMismatch
    case .neighborStateTooLow: .neighborStateTooLow
    case .limit: .limit
    }
  }

  private static func bit(_ isSet: Bool) -> String { isSet ? "set" : "clear" }
}
