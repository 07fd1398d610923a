import OSPFProtocol
import OSPFWire
import PacketCapture

/// Everything that a packet says, as fields.
extension InspectedPacket {
  /// The fields of the frame, the IP header, the OSPF header and the body.
  public var fields: Fields {
    var fields = Fields()
    fields.number("Frame", "frame", UInt64(clamping: frame))
    fields.text("time", "time", CaptureTime.rfc3339(datagram.timestamp))
    fields.address("source", "source", datagram.source)
    fields.address("destination", "destination", datagram.destination)
    fields.number(datagram.source.v4 == nil ? "Hop Limit" : "TTL", "ttl", datagram.ttl)
    fields.number("octets", "octets", UInt64(datagram.bytes.count))
    tellPacket(&fields)
    if !problems.isEmpty { fields.texts("Problems", "problems", problems) }
    return fields
  }

  /// The fields of the OSPF packet alone.
  public var packetFields: Fields {
    var fields = Fields()
    tellPacket(&fields)
    return fields
  }

  /// Appends the fields of the OSPF packet alone as lines, indented by `indentation` spaces.
  public func appendLines(to text: inout TextBuffer, indentation: Int) {
    var lines = FieldLines(after: text, indentation: indentation)
    text = TextBuffer()
    tellPacket(&lines)
    text = lines.output
  }

  private func tellPacket(_ fields: inout some FieldReceiver) {
    guard let header else { return fields.octets("Octets", "octetsInHexadecimal", datagram.bytes) }
    fields.append(header: header, length: length)
    if let packet {
      fields.append(packet.body, lsas, header)
      fields.append(appendixOf: packet, authenticationTrailer)
      if let isAuthentic { fields.flag("Authentication verified", "authenticationVerified", isAuthentic) }
    } else {
      if !lsas.isEmpty { fields.append(lsas, header) }
      fields.octets("Octets", "octetsInHexadecimal", datagram.bytes.dropFirst(PacketHeader.size(header.version)))
    }
  }
}

extension PacketType {
  /// The type's key in JSON: `databaseDescription`.
  public var key: String {
    switch self {
    case .hello: "hello"
    case .databaseDescription: "databaseDescription"
    case .linkStateRequest: "linkStateRequest"
    case .linkStateUpdate: "linkStateUpdate"
    case .linkStateAcknowledgment: "linkStateAcknowledgment"
    }
  }
}

extension FieldReceiver {
  /// RFC 2328 section A.3.1, RFC 5340 section A.3.1.
  fileprivate mutating func append(header: PacketHeader, length: Int) {
    number("Version", "version", header.version.rawValue)
    text("Type", "type", header.type.key)
    number("Packet length", "packetLength", UInt64(length))
    identifier("Router ID", "routerID", header.routerID)
    identifier("Area ID", "areaID", header.areaID)
    hexadecimal("Checksum", "checksum", header.checksum, digits: 4)
    switch header.extent {
    case .v2(let type, let authentication):
      number("AuType", "authenticationType", type)
      append(authentication: authentication, type)
    case .v3(let instanceID, let reserved):
      number("Instance ID", "instanceID", instanceID)
      if reserved != 0 { number("reserved", "reserved", reserved) }
    }
  }

  /// RFC 2328 appendix D.
  private mutating func append(authentication: UInt64, _ type: UInt16) {
    switch type {
    case 0:
      if authentication != 0 { hexadecimal("Authentication", "authentication", authentication, digits: 16) }
    case 1:
      let octets = (0..<8).map { UInt8(truncatingIfNeeded: authentication >> (56 - 8 * $0)) }
      let password = octets.prefix { $0 != 0 }
      if password.allSatisfy({ (0x20..<0x7F).contains($0) }) {
        text("Authentication", "password", String(decoding: password, as: UTF8.self))
      } else {
        hexadecimal("Authentication", "authentication", authentication, digits: 16)
      }
    case 2:
      number("Key ID", "keyID", UInt8(truncatingIfNeeded: authentication >> 40))
      number("Auth Data Len", "authenticationDataLength", UInt8(truncatingIfNeeded: authentication >> 32))
      number("Cryptographic sequence number", "cryptographicSequenceNumber", UInt32(truncatingIfNeeded: authentication))
    case 3:
      number("Key ID", "keyID", UInt32(truncatingIfNeeded: authentication))
      number("Auth Data Len", "authenticationDataLength", UInt8(truncatingIfNeeded: authentication >> 32))
    default: hexadecimal("Authentication", "authentication", authentication, digits: 16)
    }
  }

  fileprivate mutating func append(_ body: Packet.Body, _ lsas: [InspectedLSA], _ header: PacketHeader) {
    let version = header.version
    switch body {
    case .hello(let hello): group("Hello", "hello") { $0.append(hello, version) }
    case .databaseDescription(let description):
      group("Database Description", "databaseDescription") { $0.append(description, version) }
    case .linkStateRequest(let request):
      let reserved = request.reserved + Array(repeating: 0, count: request.requests.count - request.reserved.count)
      groups("Link State Requests", "requests", Array(zip(request.requests, reserved))) { request, fields in
        fields.append(request.0, version)
        // In OSPFv2 it is another type than the one above, which no LSA has.
        if request.1 != 0 { fields.hexadecimal("Octets before LS type", "reserved", request.1, digits: 4) }
      }
    case .linkStateUpdate: append(lsas, header)
    case .linkStateAcknowledgment(let acknowledgment):
      groups("Acknowledged LSAs", "lsaHeaders", acknowledgment.lsaHeaders) { header, fields in
        fields.append(header, version)
      }
    }
  }

  fileprivate mutating func append(_ lsas: [InspectedLSA], _ header: PacketHeader) {
    groups("LSAs", "lsas", lsas) { lsa, fields in
      fields.append(lsa.header, header.version)
      if let body = lsa.body {
        fields.append(body, of: lsa.header.key, header.addressFamily)
      } else {
        fields.add(.octets, .octets(Array(lsa.octets.dropFirst(LSAHeader.size))))
      }
      if !lsa.problems.isEmpty { fields.texts("Problems", "problems", lsa.problems) }
    }
  }

  /// RFC 2328 section A.3.2, RFC 5340 section A.3.2.
  private mutating func append(_ hello: Hello, _ version: OSPFVersion) {
    switch hello.attachment {
    case .networkMask(let mask): identifier("Network Mask", "networkMask", mask)
    case .interfaceID(let interfaceID): number("Interface ID", "interfaceID", interfaceID)
    }
    number("HelloInterval", "helloIntervalSeconds", hello.helloInterval, unit: "s")
    bits("Options", "options", hello.options.rawValue, hello.options.names(version))
    number("Router Priority", "priority", hello.priority)
    number("RouterDeadInterval", "routerDeadIntervalSeconds", hello.routerDeadInterval, unit: "s")
    identifier("Designated Router", "designatedRouter", hello.designatedRouter)
    identifier("Backup Designated Router", "backupDesignatedRouter", hello.backupDesignatedRouter)
    texts("Neighbors", "neighbors", hello.neighbors.map(\.description))
  }

  /// RFC 2328 section A.3.3, RFC 5340 section A.3.3.
  private mutating func append(_ description: DatabaseDescription, _ version: OSPFVersion) {
    number("Interface MTU", "interfaceMTU", description.interfaceMTU)
    bits("Options", "options", description.options.rawValue, description.options.names(version))
    bits("Flags", "flags", description.flags.rawValue, description.flags.names)
    number("DD sequence number", "ddSequenceNumber", description.sequenceNumber)
    if description.reserved != 0 { hexadecimal("reserved", "reserved", description.reserved, digits: 4) }
    groups("LSA headers", "lsaHeaders", description.lsaHeaders) { header, fields in fields.append(header, version) }
  }

  /// What follows the packet's own length.
  fileprivate mutating func append(appendixOf packet: Packet, _ authenticationTrailer: AuthenticationTrailer?) {
    if !packet.authenticationData.isEmpty { octets("Authentication data", "authenticationData", packet.authenticationData) }
    if let block = packet.linkLocalSignaling {
      group("LLS data block", "linkLocalSignaling") { fields in
        fields.hexadecimal("Checksum", "checksum", block.checksum, digits: 4)
        fields.groups("TLVs", "tlvs", block.tlvs) { tlv, fields in
          fields.number("Type", "type", tlv.type)
          fields.octets("Value", "value", tlv.value)
        }
      }
    }
    if let trailer = authenticationTrailer {
      group("Authentication trailer", "authenticationTrailer") { fields in
        fields.number("Authentication Type", "type", trailer.type)
        fields.number("Security Association ID", "securityAssociationID", trailer.securityAssociationID)
        fields.number("Cryptographic Sequence Number", "cryptographicSequenceNumber", trailer.sequenceNumber)
        fields.octets("Authentication Data", "authenticationData", trailer.data)
      }
    } else if !packet.trailer.isEmpty {
      octets("Octets behind the packet", "trailer", packet.trailer)
    }
  }
}

extension PacketHeader {
  /// The family of the addresses in its LSAs, which nothing but the Instance ID says (RFC 5838 section 2.1).
  fileprivate var addressFamily: AddressFamily {
    switch extent {
    case .v2: .ipv4
    case .v3(let instanceID, _): AddressFamily(instanceID: instanceID) ?? .ipv6
    }
  }
}

extension DatabaseDescription.Flags {
  /// `I`, `M`, `MS`
  var names: [String] {
    [(DatabaseDescription.Flags.initialize, "I"), (.more, "M"), (.master, "MS")].filter { contains($0.0) }.map(\.1)
  }
}
