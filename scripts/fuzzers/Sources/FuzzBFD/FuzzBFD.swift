import BFDProtocol
import OSPFProtocol
import OSPFWire

/// Takes the input for BFD Control packets: decodes it as one, and then gives it, cut into packets, to live sessions of every kind of
/// authentication while time passes. What is accepted must encode back to the same octets.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBFD(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  exercise(bytes)
  for parameters in allParameters { drive(bytes, parameters) }
  return 0
}

func exercise(_ bytes: [UInt8]) {
  do throws(ControlPacketError) {
    let packet = try ControlPacket.decode(bytes.rawSpan)
    var encoded: [UInt8] = []
    packet.encode(into: &encoded)
    let claimed = Int(bytes[3])
    guard packet.authentication != nil || claimed == encoded.count else { return }
    precondition(encoded == Array(bytes.prefix(claimed)), "does not encode back to the same octets")
  } catch {
    precondition(!error.description.isEmpty)
  }
}

let allParameters: [SessionParameters] =
  [SessionParameters()]
  + [AuthenticationType.simplePassword, .keyedMD5, .meticulousKeyedSHA1].map { type in
    SessionParameters(
      isPassive: type == .keyedMD5,
      authentication: SessionAuthentication(type: type, keys: [.init(id: 1, secret: Secret("sekret"))]))
  }

/// The first octet of each piece says how much time passes before it and how it is to be made acceptable.
func drive(_ bytes: [UInt8], _ parameters: SessionParameters) {
  let key = SessionKey(
    interfaceIndex: 1, local: .v4(IPv4Address(rawValue: 1)), remote: .v4(IPv4Address(rawValue: 2)))
  let set = SessionSet(seed: 1, sink: SessionSink())
  var now = Instant.zero
  set.setSessions([SessionDefinition(key: key, parameters: parameters)], at: now)
  var rest = bytes[...]
  while let control = rest.popFirst() {
    now = now + .milliseconds(Int64(control & 0x0F) * 20)
    var turns = 0
    while let deadline = set.nextDeadline, deadline <= now {
      set.advance(to: deadline)
      turns += 1
      precondition(turns < 1000, "advance does not move the deadline")
    }
    let size = min(rest.count, 24 + Int(control >> 6) * 28)
    var packet = Array(rest.prefix(size))
    rest = rest.dropFirst(size)
    let ours = set.snapshots(at: now).first?.localDiscriminator.rawValue ?? 0
    if control & 0x10 != 0, packet.count >= 24 {
      packet[0] = packet[0] & 0x1F | 0x20
      packet[1] &= 0xFE
      packet[3] = UInt8(clamping: packet.count)
      packet.replaceSubrange(8..<12, with: (0..<4).map { UInt8(truncatingIfNeeded: ours >> (24 - 8 * $0)) })
    }
    let arrival = Arrival(
      interfaceIndex: 1, source: key.remote, destination: key.local, ttl: control & 0x20 == 0 ? 255 : 254, time: now)
    set.receive(arrival, packet.rawSpan, at: now)
    for event in set.sink.events {
      if case .packetRefused(_, _, let reason) = event { precondition(!reason.description.isEmpty) }
    }
    for transmission in set.sink.transmissions {
      let octets = Array(set.sink.octets[transmission.range])
      precondition((try? ControlPacket.decode(octets.rawSpan)) != nil, "a packet of ours is none")
    }
    set.sink.removeAll()
  }
}
