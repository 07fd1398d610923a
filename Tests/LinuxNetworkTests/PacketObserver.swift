import Glibc

/// Sees every IP packet that arrives in a network namespace, with its header, as it came from the wire.
final class PacketObserver {
  private let descriptor: Int32

  init() throws {
    let everyProtocol = UInt16(3).bigEndian
    descriptor = socket(AF_PACKET, Int32(SOCK_DGRAM.rawValue), Int32(everyProtocol))
    guard descriptor >= 0 else { throw Failure("packet socket: \(errno)") }
  }

  deinit { close(descriptor) }

  /// The next packet that `matches`; throws when none comes within half a minute.
  func next(where matches: ([UInt8]) -> Bool) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
      guard poll(&descriptors, 1, 30_000) == 1 else { throw Failure("no such packet was seen") }
      let length = recv(descriptor, &buffer, buffer.count, 0)
      guard length > 0 else { throw Failure("recv: \(errno)") }
      let packet = Array(buffer[..<length])
      if matches(packet) { return packet }
    }
  }
}
