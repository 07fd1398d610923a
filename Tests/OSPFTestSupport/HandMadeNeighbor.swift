import OSPFProtocol
import OSPFWire

/// A neighbor made of packets: it does what the test says, and by itself only what `automatic` allows.
public final class HandMadeNeighbor {
  /// Its router ID.
  public let routerID: RouterID
  /// Its address, from which its packets come.
  public let address: IPAddress
  /// How Hellos name it as Designated Router.
  public let identity: DesignatedRouterID
  /// The engine's interface that it is behind.
  public let interfaceIndex: UInt32
  /// The engine's address on that interface.
  public let engineAddress: IPAddress
  /// What its packets say; a test changes what it wants wrong.
  public var area: AreaID
  public var options: Options
  /// The options of its Database Descriptions; nil: those of its Hellos.
  public var descriptionOptions: Options?
  public var priority: UInt8 = 1
  public var helloInterval: UInt16 = 10
  public var routerDeadInterval: UInt32 = 40
  public var networkMask: IPv4Address
  public var interfaceID: UInt32
  public var instanceID: UInt8
  public var interfaceMTU: UInt16 = 1500
  public var authenticationType: UInt16 = 0
  public var designatedRouter: DesignatedRouterID = .none
  public var backupDesignatedRouter: DesignatedRouterID = .none
  /// Whom its Hellos list.
  public var heard: [RouterID]
  /// What it does by itself.
  public var automatic: Automatic = []
  /// Called with every packet of the engine that reaches it, after what is automatic.
  public var onReceive: ((SentPacket) -> Void)?
  /// The LSAs that it describes and hands out on request.
  public var database: [LSAKey: [UInt8]] = [:]
  /// The newest instance of each LSA that the engine has sent it.
  public private(set) var learned: [LSAKey: [UInt8]] = [:]
  /// The headers that the engine has described in its Database Descriptions.
  public var described: [LSAHeader] = []
  /// LSA headers in one Database Description.
  public var headersPerDescription = 20
  /// The sequence number of the DD packet that it sent last.
  public var ddSequenceNumber: UInt32 = 1000

  public let bench: Bench
  var exchange: ScriptedExchange?
  private(set) var nextHello: Instant?

  /// What a hand-made neighbor does by itself.
  public struct Automatic: OptionSet, Sendable {
    public let rawValue: Int
    /// Makes a set from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Sends a Hello every HelloInterval.
    public static let hellos = Automatic(rawValue: 1)
    /// Takes part in the database exchange.
    public static let exchange = Automatic(rawValue: 2)
    /// Answers Link State Requests from its database.
    public static let updates = Automatic(rawValue: 4)
    /// Requests everything that the engine has described, when the exchange is done.
    public static let requests = Automatic(rawValue: 8)
    /// Acknowledges every Link State Update.
    public static let acknowledgments = Automatic(rawValue: 16)
    /// Everything.
    public static let all: Automatic = [.hellos, .exchange, .updates, .requests, .acknowledgments]
  }

  /// Puts a neighbor on the network behind an interface of the bench. In OSPFv3 it speaks from the link-local address that ends like
  /// `address`, and its Interface ID is the last octet.
  public convenience init(_ bench: Bench, _ routerID: RouterID, _ address: IPv4Address, interface position: Int = 0) {
    self.init(
      bench, routerID, at: bench.instance.address(address), identity: bench.instance.identity(routerID, address),
      interfaceID: address.rawValue & 0xFF, interface: position)
  }

  /// The same with an address of any kind.
  public init(
    _ bench: Bench, _ routerID: RouterID, at address: IPAddress, identity: DesignatedRouterID, interfaceID: UInt32,
    interface position: Int = 0
  ) {
    self.bench = bench
    self.routerID = routerID
    self.address = address
    self.identity = identity
    self.interfaceID = interfaceID
    let definition = bench.interfaces[position]
    interfaceIndex = definition.index
    engineAddress = definition.ownAddress
    area = definition.settings.area
    networkMask = definition.subnet.mask
    instanceID = definition.settings.instanceID
    heard = [bench.router.configuration.routerID]
    let kind = bench.router.configuration.areas[area] ?? .normal
    options = bench.instance.options(kind)
    let lsa = lsas.router(routerID, kind: kind)
    database[lsas.key(lsa)] = lsa
    bench.add(self)
  }

  /// LSAs in the words of the bench's instance.
  var lsas: LSAs { LSAs(bench.instance) }

  // MARK: Sending

  /// The TTL with which its packets arrive.
  public var timeToLive: UInt8? = 1

  /// Sends a packet with this body; to the engine's address unless the test says otherwise.
  public func send(_ body: Packet.Body, to destination: IPAddress? = nil) {
    send(bytes: Packet(header: header(type(of: body)), body: body).encode(), to: destination)
  }

  /// Sends these octets.
  public func send(bytes: [UInt8], to destination: IPAddress? = nil) {
    bench.receive(
      Datagram(
        interfaceIndex: interfaceIndex, source: address, destination: destination ?? engineAddress, bytes: bytes,
        timeToLive: timeToLive))
  }

  /// The Hello that it would send now.
  public var hello: Hello {
    Hello(
      attachment: bench.instance.version == .v2 ? .networkMask(networkMask) : .interfaceID(interfaceID),
      helloInterval: helloInterval, options: options, priority: priority,
      routerDeadInterval: routerDeadInterval, designatedRouter: designatedRouter,
      backupDesignatedRouter: backupDesignatedRouter, neighbors: heard)
  }

  /// Sends a Hello to AllSPFRouters.
  public func sendHello(_ change: (inout Hello) -> Void = { _ in }) {
    var hello = hello
    change(&hello)
    send(.hello(hello), to: bench.instance.allSPFRouters)
  }

  /// Sends a Database Description.
  public func sendDescription(
    _ flags: DatabaseDescription.Flags, sequence: UInt32, _ headers: [LSAHeader] = [], options: Options? = nil
  ) {
    ddSequenceNumber = sequence
    send(
      .databaseDescription(
        DatabaseDescription(
          interfaceMTU: interfaceMTU, options: options ?? descriptionOptions ?? self.options, flags: flags,
          sequenceNumber: sequence, lsaHeaders: headers)))
  }

  /// Sends a Link State Request.
  public func sendRequest(_ keys: [LSAKey]) { send(.linkStateRequest(LinkStateRequest(requests: keys))) }

  /// Sends a Link State Update.
  public func sendUpdate(_ lsas: [[UInt8]], to destination: IPAddress? = nil) {
    send(bytes: updateBytes(lsas), to: destination)
  }

  /// The octets of a Link State Update.
  public func updateBytes(_ lsas: [[UInt8]]) -> [UInt8] {
    var packet = PacketWriter(header: header(.linkStateUpdate))
    packet.writer.uint32(UInt32(lsas.count))
    for lsa in lsas { packet.writer.append(lsa) }
    packet.seal()
    return packet.writer.bytes
  }

  /// Sends a Link State Acknowledgment.
  public func sendAcknowledgment(_ headers: [LSAHeader], to destination: IPAddress? = nil) {
    send(.linkStateAcknowledgment(LinkStateAcknowledgment(lsaHeaders: headers)), to: destination)
  }

  /// The header of its packets.
  public func header(_ type: PacketType) -> PacketHeader {
    PacketHeader(
      type: type, routerID: routerID, areaID: area,
      extent: bench.instance.version == .v2
        ? .v2(authenticationType: authenticationType, authentication: 0) : .v3(instanceID: instanceID, reserved: 0))
  }

  private func type(of body: Packet.Body) -> PacketType {
    switch body {
    case .hello: .hello
    case .databaseDescription: .databaseDescription
    case .linkStateRequest: .linkStateRequest
    case .linkStateUpdate: .linkStateUpdate
    case .linkStateAcknowledgment: .linkStateAcknowledgment
    }
  }

  // MARK: Receiving

  /// Whether a packet of the engine reaches it: the whole network hears multicasts, which is what a test wants to look at.
  func hears(_ transmission: Transmission) -> Bool {
    guard transmission.interfaceIndex == interfaceIndex else { return false }
    return [bench.instance.allSPFRouters, bench.instance.allDRouters, address].contains(transmission.destination)
  }

  func receive(_ packet: SentPacket) {
    defer { onReceive?(packet) }
    switch packet.packet.body {
    case .hello: return
    case .databaseDescription(let description):
      if automatic.contains(.exchange) { take(description) }
    case .linkStateRequest(let request):
      guard automatic.contains(.updates) else { return }
      let lsas = request.requests.compactMap { database[$0] }
      if !lsas.isEmpty { sendUpdate(lsas) }
    case .linkStateUpdate:
      for lsa in packet.lsas { learn(lsa) }
      if automatic.contains(.acknowledgments) { sendAcknowledgment(packet.updatedHeaders) }
    case .linkStateAcknowledgment: return
    }
  }

  private func learn(_ lsa: [UInt8]) {
    let header = lsas.header(lsa)
    if let known = learned[header.key], lsas.header(known).sequenceNumber > header.sequenceNumber { return }
    learned[header.key] = lsa
  }

  // MARK: Time

  /// Begins to send Hellos by itself, the first one now.
  public func startHellos() {
    automatic.insert(.hellos)
    nextHello = bench.now + .seconds(Int64(helloInterval))
    sendHello()
  }

  /// Sends no more Hellos by itself.
  public func stopHellos() {
    automatic.remove(.hellos)
    nextHello = nil
  }

  /// Says and does nothing any more.
  public func fallSilent() {
    automatic = []
    nextHello = nil
  }

  func fire(at now: Instant) {
    guard let due = nextHello, due <= now else { return }
    nextHello = now + .seconds(Int64(max(helloInterval, 1)))
    sendHello()
  }
}
