import CLinux
import Glibc
import OSPFWire

/// Whether packets to an address stay on this host, as the kernel's routing says: also those to an address that no device has, but a
/// route of type local.
public enum HostAddresses {
  /// Asks the kernel, which takes some microseconds. False when it does not answer.
  public static func contain(_ address: IPAddress) -> Bool {
    var request = NetlinkRequest(type: RTM_GETROUTE, flags: NLM_F_ACK)
    request.append(UInt8(truncatingIfNeeded: address.family))
    request.append(UInt8(truncatingIfNeeded: address.bitWidth))
    for _ in 0..<6 { request.append(UInt8(0)) }  // source length, type of service, table, protocol, scope, type
    request.append(UInt32(0))  // flags
    request.appendAttribute(Int(RTA_DST.rawValue), address.octets)
    do {
      let answers = try NetlinkSocket().dump(request, "look up \(address)")
      return answers.contains { $0.payload.integer(at: 7, as: UInt8.self) == UInt8(truncatingIfNeeded: Int(RTN_LOCAL)) }
    } catch {
      return false
    }
  }
}
