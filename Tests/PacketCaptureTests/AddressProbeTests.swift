import OSPFWire
import Testing

@testable import PacketCapture

@Suite("Asking a link who has an address")
struct AddressProbeTests {
  private let own = [UInt8]([0x02, 0x00, 0x5E, 0x00, 0x53, 0x01])
  private let other = [UInt8]([0x02, 0x00, 0x5E, 0x00, 0x53, 0x02])

  @Test("The probe is a broadcast request that does not say whose the address is (RFC 5227 section 2.1.1)")
  func probe() throws {
    let hardware = try #require(HardwareAddress(octets: own))
    let frame = ARPFrame.probe(.init(device: "eth0", hardwareAddress: hardware, address: IPv4Address(10, 0, 0, 2)))
    #expect(
      frame == [255, 255, 255, 255, 255, 255] + own + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + own + [0, 0, 0, 0] + [0, 0, 0, 0, 0, 0]
        + [10, 0, 0, 2])
  }

  @Test("An answer names the sender; other protocols and short frames are none")
  func answer() throws {
    let answer = own + other + [8, 6, 0, 1, 8, 0, 6, 4, 0, 2] + other + [10, 0, 0, 2] + own + [0, 0, 0, 0]
    let claim = try #require(ARPFrame(answer))
    #expect(claim.address == IPv4Address(10, 0, 0, 2) && claim.sender.octets == other)
    for length in 0..<answer.count { #expect(ARPFrame(Array(answer.prefix(length))) == nil) }
    for position in [12, 13, 14, 15, 16, 17, 18, 19] {
      var changed = answer
      changed[position] ^= 0x40
      #expect(ARPFrame(changed) == nil)
    }
  }

  @Test("Hardware addresses are read and written")
  func notation() {
    #expect(HardwareAddress("02:00:5e:00:53:01")?.octets == own)
    #expect(HardwareAddress("02:00:5e:00:53:01")?.description == "02:00:5e:00:53:01")
    for text in ["", "02:00:5e:00:53", "02:00:5e:00:53:01:02", "0:00:5e:00:53:01", "02:00:5e:00:53:zz", "+2:00:5e:00:53:01"] {
      #expect(HardwareAddress(text) == nil, "\(text)")
    }
  }
}
