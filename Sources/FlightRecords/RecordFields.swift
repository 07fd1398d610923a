import OSPFProtocol
import OSPFWire

/// The fields of a journal entry by their names, with what stands in them as text. What cannot be read is nil, never a trap: a recording
/// may have been damaged, or written by another version.
struct RecordFields {
  var values: [String: String]

  init(_ values: [String: String] = [:]) { self.values = values }

  subscript(name: Name) -> String? {
    get { values[name.rawValue] }
    set { values[name.rawValue] = newValue }
  }

  /// The names in the order in which they are written.
  enum Name: String, CaseIterable {
    case fact = "OSPF_FACT"
    case digest = "CONFIGURATION_SHA256"
    case instance = "OSPF_INSTANCE"
    case routerID = "ROUTER_ID"
    case areas = "AREAS"
    case device = "INTERFACE"
    case index = "INTERFACE_INDEX"
    case address = "ADDRESS"
    case subnet = "SUBNET"
    case isUnnumbered = "UNNUMBERED"
    case mtu = "MTU"
    case isUp = "UP"
    case isLoopback = "LOOPBACK"
    case isPassive = "PASSIVE"
    case area = "AREA"
    case networkType = "NETWORK_TYPE"
    case helloInterval = "HELLO_INTERVAL_MS"
    case routerDeadInterval = "ROUTER_DEAD_INTERVAL_MS"
    case rxmtInterval = "RXMT_INTERVAL_MS"
    case pollInterval = "POLL_INTERVAL_MS"
    case infTransDelay = "INF_TRANS_DELAY_S"
    case priority = "ROUTER_PRIORITY"
    case cost = "COST"
    case ignoresMTU = "MTU_IGNORE"
    case suppressesPrefix = "PREFIX_SUPPRESSION"
    case announcedMTU = "ANNOUNCED_MTU"
    case instanceID = "INSTANCE_ID"
    case neighbors = "CONFIGURED_NEIGHBORS"
    case bfd = "BFD"
    case demandsIncreasingNumbers = "RFC7474"
    case hasTTLSecurity = "TTL_SECURITY"
    case authentication = "AUTHENTICATION"
    case neighbor = "NEIGHBOR"
    case neighborAddress = "NEIGHBOR_ADDRESS"
    case from = "FROM"
    case to = "TO"
    case cause = "CAUSE"
    case restartEvent = "GRACEFUL_RESTART"
    case outcome = "OUTCOME"
    case isAcknowledged = "ACKNOWLEDGED"
    case gracePeriod = "GRACE_PERIOD_MS"
    case announcedAge = "ANNOUNCED_AGE_MS"
    case restartReason = "RESTART_REASON"
    case adjacencies = "ADJACENCIES"
    case sequenceNumbers = "LS_SEQUENCE_NUMBERS"
    case helped = "HELPS"
    case helpsOnlyPlanned = "HELPS_ONLY_PLANNED"
    case hasStrictLSAChecking = "STRICT_LSA_CHECKING"
    case longestGracePeriod = "LONGEST_GRACE_PERIOD_MS"
    case repeated = "SENT_AGAIN"
    case ddSequenceNumber = "DD_SEQUENCE_NUMBER"
    case isEarly = "EARLY"
    case lsas = "LSAS"
    case lsaCount = "LSA_COUNT"
    case prefix = "PREFIX"
    case service = "SERVICE"
    case check = "CHECK"
  }

  // MARK: Values

  func number<Number: FixedWidthInteger>(_ name: Name) -> Number? { self[name].flatMap { Number($0) } }
  func flag(_ name: Name) -> Bool? { self[name].flatMap { ["yes": true, "no": false][$0] } }
  func address(_ name: Name) -> IPAddress? { self[name].flatMap { IPAddress($0) } }
  func routerID(_ name: Name) -> RouterID? { self[name].flatMap { RouterID($0) } }
  func milliseconds(_ name: Name) -> Duration? {
    let number: Int32? = number(name)
    return number.map { .milliseconds($0) }
  }
  func word<Word: RawRepresentable>(_ name: Name) -> Word? where Word.RawValue == String {
    self[name].flatMap { Word(rawValue: $0) }
  }

  mutating func set(_ name: Name, _ value: some CustomStringConvertible) { self[name] = value.description }
  mutating func set(_ name: Name, flag: Bool) { self[name] = flag ? "yes" : "no" }
  mutating func set(_ name: Name, milliseconds duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    self[name] = String(overflow ? seconds : milliseconds + attoseconds / 1_000_000_000_000_000)
  }

  // MARK: What several facts have

  var instance: ProtocolInstance? {
    get { self[.instance].flatMap { text in ProtocolInstance.allCases.first { $0.description == text } } }
    set { self[.instance] = newValue?.description }
  }

  var interfaceReference: InterfaceReference? {
    get {
      guard let device = self[.device], let address = address(.address), let area = self[.area].flatMap({ AreaID($0) }) else {
        return nil
      }
      return InterfaceReference(name: device, address: address, area: area)
    }
    set {
      self[.device] = newValue?.name
      self[.address] = newValue?.address.description
      self[.area] = newValue?.area.description
    }
  }

  var neighborReference: NeighborReference? {
    get {
      guard let routerID = routerID(.neighbor), let address = address(.neighborAddress), let interface = interfaceReference else {
        return nil
      }
      return NeighborReference(routerID: routerID, address: address, interface: interface)
    }
    set {
      self[.neighbor] = newValue?.routerID.description
      self[.neighborAddress] = newValue?.address.description
      interfaceReference = newValue?.interface
    }
  }

  var areas: [AreaID: AreaConfiguration]? {
    get {
      var areas: [AreaID: AreaConfiguration] = [:]
      for part in (self[.areas] ?? "").split(separator: ",") {
        let words = part.split(separator: " ")
        guard words.count == 2, let area = AreaID(words[0]) else { return nil }
        areas[area] = words[1] == "nssa" ? .nssa : words[1] == "stub" ? .stub : .normal
      }
      return areas
    }
    set {
      let text = (newValue ?? [:]).sorted { $0.key < $1.key }.map { area, kind in
        switch kind {
        case .normal: "\(area) normal"
        case .stub: "\(area) stub"
        case .nssa: "\(area) nssa"
        }
      }.joined(separator: ",")
      self[.areas] = text.isEmpty ? nil : text
    }
  }

  var configuredNeighbors: [ConfiguredNeighbor]? {
    get {
      var neighbors: [ConfiguredNeighbor] = []
      for part in (self[.neighbors] ?? "").split(separator: ",") {
        let words = part.split(separator: " ")
        guard words.count == 2, let address = IPAddress(words[0]), let priority = UInt8(words[1]) else { return nil }
        neighbors.append(ConfiguredNeighbor(address: address, priority: priority))
      }
      return neighbors
    }
    set {
      let text = (newValue ?? []).map { "\($0.address) \($0.priority)" }.joined(separator: ",")
      self[.neighbors] = text.isEmpty ? nil : text
    }
  }
}
