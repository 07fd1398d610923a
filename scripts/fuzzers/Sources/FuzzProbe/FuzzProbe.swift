import Crypto
import ProbeWire

/// Takes the input's first octet for a protocol and the rest for the answer to a probe. What is taken for the answer must bear
/// what the request had; a refusal must be sayable.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProbe(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = input.first else { return 0 }
  let message = Array(input.dropFirst())
  switch kind % 5 {
  case 0: exerciseDNS(message)
  case 1: exerciseRADIUS(message)
  case 2: exerciseNTP(message)
  case 3: exerciseICMP(message)
  default: exerciseIPVS(message)
  }
  return 0
}

/// What the parser made of a message, or nil; the refusal must be sayable.
func accepted<Answer>(_ read: () throws(MessageRefusal) -> Answer) -> Answer? {
  do throws(MessageRefusal) {
    return try read()
  } catch {
    precondition(!error.description.isEmpty)
    return nil
  }
}

func exerciseDNS(_ message: [UInt8]) {
  guard let query = DNSQuery(name: "www.example.net", type: 1, dnssec: true, identifier: 0x1234) else {
    preconditionFailure("no query can be made")
  }
  guard let answer = accepted({ () throws(MessageRefusal) in try DNSAnswer(message, to: query) }) else { return }
  precondition(message.starts(with: [0x12, 0x34]) && message[2] & 0x80 != 0, "an answer to another query")
  precondition(answer.records.count <= DNSAnswer.recordLimit)
}

let radiusSecret = Array("xyzzy5461".utf8)
let radiusAuthenticator = [UInt8](0..<16)

func exerciseRADIUS(_ message: [UInt8]) {
  let request = RADIUSRequest(secret: radiusSecret, identifier: 0xDA, authenticator: radiusAuthenticator)
  for packet in [message, sealed(message)] {
    guard let answer = accepted({ () throws(MessageRefusal) in try RADIUSAnswer(packet, to: request) }) else { continue }
    precondition(packet[0] == answer.code && packet[1] == 0xDA, "an answer to another request")
  }
}

/// The packet with authenticators that are right, which no fuzzer guesses.
func sealed(_ message: [UInt8]) -> [UInt8] {
  guard message.count >= 20 else { return message }
  let length = Int(message[2]) << 8 | Int(message[3])
  guard (20...message.count).contains(length) else { return message }
  var packet = Array(message.prefix(length))
  packet.replaceSubrange(4..<20, with: radiusAuthenticator)
  if length >= 38, packet[length - 18] == 80, packet[length - 17] == 18 {
    packet.replaceSubrange((length - 16)..., with: [UInt8](repeating: 0, count: 16))
    let code = HMAC<Insecure.MD5>.authenticationCode(for: packet, using: SymmetricKey(data: radiusSecret))
    packet.replaceSubrange((length - 16)..., with: Array(code))
  }
  packet.replaceSubrange(4..<20, with: Array(Insecure.MD5.hash(data: packet + radiusSecret)))
  return packet
}

func exerciseNTP(_ message: [UInt8]) {
  let request = NTPRequest(transmitTimestamp: 0x0102_0304_0506_0708)
  guard let answer = accepted({ () throws(MessageRefusal) in try NTPAnswer(message, to: request) }) else { return }
  precondition(Array(message[24..<32]) == [1, 2, 3, 4, 5, 6, 7, 8], "an answer to another request")
  precondition((answer.kissCode == nil) == (answer.stratum != 0))
}

func exerciseICMP(_ message: [UInt8]) {
  let tail = [0, 7] + Array("abcdefgh".utf8)
  for version in [ICMPEchoRequest.Version.v4, .v6] {
    let request = ICMPEchoRequest(version, identifier: 0x1234, tail: tail)
    for delivery in [ICMPEchoRequest.Delivery.own, .all]
    where accepted({ () throws(MessageRefusal) in try request.accept(message, delivery) }) != nil {
      precondition(message.suffix(tail.count) == tail[...], "an answer to another request")
    }
  }
}

func exerciseIPVS(_ text: [UInt8]) {
  guard let table = accepted({ () throws(MessageRefusal) in try IPVSTable(text) }) else { return }
  for service in table.services {
    precondition(
      table.service(service.address, port: service.port, transport: service.transport) != nil, "a service that is not found")
  }
}
