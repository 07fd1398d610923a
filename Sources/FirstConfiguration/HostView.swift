import OSPFProtocol
import OSPFWire

/// What was seen of the host and of the routers around it.
public struct HostView: Hashable, Sendable {
  /// The network devices, with their addresses.
  public var links: [Link]
  /// The default gateways, each with the index of the device that it is reached through.
  public var gateways: [Gateway]
  /// What came of listening for Hellos.
  public var reception: Reception

  /// A default gateway.
  public struct Gateway: Hashable, Sendable {
    /// The index of the device.
    public var interfaceIndex: UInt32
    /// The gateway; nil when the route names only the device.
    public var address: IPAddress?

    public init(interfaceIndex: UInt32, address: IPAddress?) {
      self.interfaceIndex = interfaceIndex
      self.address = address
    }
  }

  /// What came of listening.
  public enum Reception: Hashable, Sendable {
    /// It was listened for so many seconds, and these arrived: the last one of each sender.
    case listened(seconds: Int, [HeardHello])
    /// It was not possible, and why.
    case impossible(reason: String)
  }

  public init(links: [Link], gateways: [Gateway], reception: Reception) {
    self.links = links
    self.gateways = gateways
    self.reception = reception
  }

  /// The Hellos that were heard; none when it was not possible to listen.
  var hellos: [HeardHello] {
    switch reception {
    case .listened(_, let hellos): hellos
    case .impossible: []
    }
  }

  func link(_ index: UInt32) -> Link? { links.first { $0.index == index } }
}

/// A Hello that another router sent.
public struct HeardHello: Hashable, Sendable {
  /// The index of the device that it came through.
  public var interfaceIndex: UInt32
  /// The sender's address on the network.
  public var source: IPAddress
  /// Whom it was sent to: a group, or this host alone.
  public var destination: IPAddress
  /// The packet's header.
  public var header: PacketHeader
  public var hello: Hello

  /// Reads a packet; nil when it is no Hello, or cannot be read.
  public init?(_ datagram: Datagram, version: OSPFVersion) {
    guard let packet = try? Packet.decode(datagram.bytes.rawSpan, version: version), case .hello(let hello) = packet.body
    else { return nil }
    self.init(
      interfaceIndex: datagram.interfaceIndex, source: datagram.source, destination: datagram.destination,
      header: packet.header, hello: hello)
  }

  public init(
    interfaceIndex: UInt32, source: IPAddress, destination: IPAddress, header: PacketHeader, hello: Hello
  ) {
    self.interfaceIndex = interfaceIndex
    self.source = source
    self.destination = destination
    self.header = header
    self.hello = hello
  }

  var version: OSPFVersion { header.version }

  /// What a later Hello of the same sender has in common with this one.
  public func isSameSender(as other: HeardHello) -> Bool {
    interfaceIndex == other.interfaceIndex && version == other.version && source == other.source
      && instanceID == other.instanceID
  }

  /// The Instance ID; 0 in OSPFv2.
  var instanceID: UInt8 {
    switch header.extent {
    case .v2: 0
    case .v3(let instanceID, _): instanceID
    }
  }

  /// Whether it names a Designated Router or a Backup.
  var namesDesignatedRouter: Bool { hello.designatedRouter != .none || hello.backupDesignatedRouter != .none }

  /// The subnet that the sender has there, in OSPFv2; nil where it has none: on an unnumbered link.
  var subnet: IPv4Prefix? {
    guard case .networkMask(let mask) = hello.attachment, let length = IPv4Prefix.length(ofMask: mask), length > 0,
      let address = source.v4
    else { return nil }
    return IPv4Prefix(address, length: length)
  }
}
