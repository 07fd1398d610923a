import BFDProtocol
import Configuration
import OSPFProtocol
import OSPFWire

/// What a node knows of its BFD sessions (RFC 5882): which it has asked for, which are up, and which must still prove themselves.
struct BFDClient {
  private var asked: [SessionDefinition] = []
  /// Sessions that are up and wait for the end of their hold-off (RFC 9355 section 5) before the routers are told.
  private var holdOffs: [SessionKey: Instant] = [:]

  /// What to ask for so that the sessions are as `wanted`; nil when that was asked for already. What is no longer wanted is forgotten.
  mutating func request(_ wanted: [SessionDefinition]) -> [SessionDefinition]? {
    guard wanted != asked else { return nil }
    asked = wanted
    let keys = Set(wanted.map(\.key))
    holdOffs = holdOffs.filter { keys.contains($0.key) }
    return wanted
  }

  /// Whether the session is still wanted: of one that is not, nothing is taken any more.
  func wants(_ key: SessionKey) -> Bool { asked.contains { $0.key == key } }

  mutating func hold(_ key: SessionKey, until instant: Instant) { holdOffs[key] = instant }

  mutating func release(_ key: SessionKey) { holdOffs[key] = nil }

  /// When the next hold-off is over.
  var nextDeadline: Instant? { holdOffs.values.min() }

  /// The sessions whose hold-off is over.
  mutating func takeProven(at now: Instant) -> [SessionKey] {
    let proven = holdOffs.filter { $0.value <= now }.map(\.key)
    for key in proven { holdOffs[key] = nil }
    return proven
  }
}

/// The node between its routers, which say with whom they want sessions, and whoever has the sessions.
extension AnycastNode {
  /// A BFD session has changed state, and why.
  ///
  /// A session that one of the two operators has taken down says nothing about the path (RFC 5882 section 3.2), and OSPF has its Hellos:
  /// the adjacency stays. One that never came up takes nothing down.
  public func bfdSessionChanged(
    _ key: SessionKey, from old: SessionState, to new: SessionState, event: SessionEvent, diagnostic: Diagnostic,
    at now: Instant
  ) {
    guard state != .ended else { return }
    sink.report(
      .bfd(
        .sessionStateChanged(key, from: old, to: new, event: event, diagnostic: diagnostic),
        device: deviceName(key.interfaceIndex)))
    guard bfd.wants(key) else { return finishTurn(at: now) }
    if new == .up {
      if let holdOff = holdOff(of: key) {
        bfd.hold(key, until: now + holdOff)
      } else {
        tellRouters(key, isUp: true, "", at: now)
      }
    } else {
      bfd.release(key)
      switch event {
      case .detectionTimeExpired, .receivedDown:
        if old == .up { tellRouters(key, isUp: false, "\(diagnostic)", at: now) }
      case .receivedAdminDown, .receivedInit, .receivedUp, .disabled, .enabled: break
      }
    }
    finishTurn(at: now)
  }

  /// A packet came to the port of BFD and was not accepted.
  public func bfdPacketRefused(interfaceIndex: UInt32, source: IPAddress, reason: ReceptionRefusal, at now: Instant) {
    guard state != .ended else { return }
    sink.report(
      .bfd(
        .packetRefused(interfaceIndex: interfaceIndex, source: source, reason: reason), device: deviceName(interfaceIndex)))
  }

  /// Tells the routers of the sessions whose hold-off is over.
  func endHoldOffs(at now: Instant) {
    for key in bfd.takeProven(at: now) { tellRouters(key, isUp: true, "", at: now) }
  }

  /// Asks for the sessions that the routers want now.
  func askForSessions() {
    guard let wanted = bfd.request(wantedSessions) else { return }
    sink.append(.holdSessions(wanted))
  }

  private func tellRouters(_ key: SessionKey, isUp: Bool, _ reason: String, at now: Instant) {
    let peer = BFDPeer(interfaceIndex: key.interfaceIndex, localAddress: key.local, address: key.remote)
    sink.append(.record(.path(peer, isUp: isUp, reason: reason)))
    for instance in instances where !instance.hasDeparted {
      if isUp {
        instance.router.bfdSessionUp(peer, at: now)
      } else {
        instance.router.bfdSessionDown(peer, at: now)
      }
    }
  }

  /// In the order of their devices and addresses. Two instances of OSPFv3 that want one with the same neighbor share it.
  private var wantedSessions: [SessionDefinition] {
    var parameters: [SessionKey: SessionParameters] = [:]
    for instance in instances where !instance.hasDeparted {
      for peer in instance.router.bfdPeers {
        let key = SessionKey(interfaceIndex: peer.interfaceIndex, local: peer.localAddress, remote: peer.address)
        parameters[key] = sessionParameters(of: key)
      }
    }
    return parameters.map { SessionDefinition(key: $0.key, parameters: $0.value) }.sorted { left, right in
      (left.key.interfaceIndex, left.key.remote) < (right.key.interfaceIndex, right.key.remote)
    }
  }

  private func sessionParameters(of key: SessionKey) -> SessionParameters {
    let configured = configuration.bfdParameters(
      interface: deviceName(key.interfaceIndex), version: key.version, local: key.local, peer: key.remote)
    return SessionParameters(configured, keys: configuration.bfdKeys)
  }

  /// How long a session of an interface in strict mode must have been up.
  private func holdOff(of key: SessionKey) -> Duration? {
    let interface = configuration.interface(deviceName(key.interfaceIndex))
    let own = key.local.v4.map { interface?.ospfParameters(for: $0) } ?? interface?.ospf6
    guard let bfd = own?.bfd, bfd.isStrict else { return nil }
    return bfd.holdOff
  }
}

extension SessionKey {
  /// OSPFv2 neighbors have IPv4 addresses, those of OSPFv3 IPv6 addresses, whatever prefixes they carry.
  fileprivate var version: OSPFVersion { local.v4 == nil ? .v3 : .v2 }
}

extension SessionParameters {
  /// What is not configured has the defaults of FRR.
  init(_ configured: BFDParameters, keys: (String) -> [(id: UInt8, secret: Secret)]) {
    self.init()
    if let interval = configured.transmitInterval { desiredMinTxInterval = Microseconds(interval) }
    if let interval = configured.receiveInterval { requiredMinRxInterval = Microseconds(interval) }
    if let multiplier = configured.detectMultiplier { detectMultiplier = multiplier }
    if let ttl = configured.minimumTTL { minimumTTL = ttl }
    isPassive = configured.isPassive ?? false
    isShutDown = configured.isShutDown ?? false
    authentication = configured.authentication.map { choice in
      SessionAuthentication(
        type: AuthenticationType(choice.kind), keys: keys(choice.keyChain).map { .init(id: $0.id, secret: $0.secret) })
    }
  }
}

extension AuthenticationType {
  fileprivate init(_ kind: BFDAuthenticationChoice.Kind) {
    switch kind {
    case .simplePassword: self = .simplePassword
    case .keyedMD5: self = .keyedMD5
    case .meticulousKeyedMD5: self = .meticulousKeyedMD5
    case .keyedSHA1: self = .keyedSHA1
    case .meticulousKeyedSHA1: self = .meticulousKeyedSHA1
    }
  }
}
