import OSPFProtocol
import OSPFWire

/// Takes the input for a script that is played to two routers on one link, in virtual time: packets between them are delivered,
/// lost, repeated, changed and forged, time passes, links and services come and go. No packet may trap the engine or let its clock
/// stand still, what it sends must be whole, and when it is left in peace the routers become adjacent again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRouter(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  var script = Script(octets: Array(UnsafeBufferPointer(start: data, count: size)))
  guard let setting = script.next() else { return 0 }
  let link = VirtualLink(setting: Setting(octet: setting))
  if setting & 0x80 == 0 { link.run(for: .seconds(60)) }
  for _ in 0..<64 {
    guard let step = script.next() else { break }
    play(step, &script, link)
  }
  link.expectRecovery()
  return 0
}

/// One step of the script; what it needs more is read from it.
func play(_ step: UInt8, _ script: inout Script, _ link: VirtualLink) {
  switch step % 12 {
  case 0: link.deliverAll()
  case 1: link.deliverNext()
  case 2: link.loseNext()
  case 3: link.repeatNext()
  case 4: link.changeNext { script.change(&$0) }
  case 5: link.pass(.milliseconds(10 * Int(script.number())))
  case 6: link.run(for: .milliseconds(100 * Int(script.number())))
  case 7: link.replay(Int(script.number())) { script.change(&$0) }
  case 8: link.forge(script.octets(Int(script.number())))
  case 9: link.advertise(script.number())
  case 10: link.setCarrier(of: Int(script.number()))
  default: link.restart(Int(script.number()))
  }
}

/// The input, read from its beginning.
struct Script {
  private let input: [UInt8]
  private var position = 0

  init(octets: [UInt8]) { input = octets }

  mutating func next() -> UInt8? {
    guard position < input.count else { return nil }
    defer { position += 1 }
    return input[position]
  }

  /// The next octet; zero at the end.
  mutating func number() -> UInt8 { next() ?? 0 }

  /// As many octets as there still are, at most `count`.
  mutating func octets(_ count: Int) -> [UInt8] {
    let end = min(position + count, input.count)
    defer { position = end }
    return Array(input[position..<end])
  }

  /// One to four octets of a packet replaced, or its end cut off.
  mutating func change(_ packet: inout [UInt8]) {
    let kind = number()
    guard !packet.isEmpty else { return }
    if kind & 0x70 == 0 { packet.removeLast(Int(number()) % packet.count) }
    for _ in 0...kind & 3 {
      let offset = (Int(number()) << 8 | Int(number())) % max(packet.count, 1)
      if offset < packet.count { packet[offset] = number() }
    }
    if kind & 0x80 == 0 { seal(&packet) }
  }
}
