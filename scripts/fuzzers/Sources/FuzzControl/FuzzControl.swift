import Foundation
import Glibc

/// Takes the input for a request to the control socket, which a server answers as in the daemon. The first octet names the method and the
/// path; a line goes on with the path, and the rest is the body. Where it names none, the rest is sent as it is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzControl(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = input.first else { return 0 }
  let request = Request(target: Int(kind), rest: input.dropFirst())
  let answer = exchange(request, with: server.path)
  precondition(request.isRaw || request.isEndless || !answer.isEmpty, "a request without an answer")
  if !answer.isEmpty { examine(answer) }
  return 0
}

let server = Server()

struct Request {
  /// Whether nobody knows what it is, or whether it is one.
  var isRaw: Bool
  /// Whether it is answered until the client leaves.
  var isEndless = false
  var octets: [UInt8]

  private static let targets = [
    "GET /v1/status", "GET /v1/services/", "PUT /v1/services/", "DELETE /v1/services/", "POST /v1/drain",
    "POST /v1/drain/exclusive", "POST /v1/undrain", "POST /v1/acknowledge", "POST /v1/clear", "POST /v1/restart",
    "POST /v1/log-level", "POST /v1/reload", "POST /v1/record", "GET /v1/database", "GET /metrics", "HEAD /",
    "GET /v1/history", "GET /v1/events",
  ]

  init(target: Int, rest: ArraySlice<UInt8>) {
    isRaw = target >= Self.targets.count
    guard !isRaw else {
      octets = Array(rest)
      return
    }
    let line = rest.prefix { $0 != UInt8(ascii: "\n") }
    let body = rest.dropFirst(line.count + 1)
    isEndless = Self.targets[target].hasSuffix("events")
    octets =
      Array(Self.targets[target].utf8) + line
      + Array(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
  }
}

/// Sends octets, and returns everything that comes back until the server closes the connection.
func exchange(_ request: Request, with path: String) -> [UInt8] {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  precondition(descriptor >= 0, "no socket: \(errno)")
  defer { close(descriptor) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  let status = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      let (address, length) = ($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      return uninterrupted { Int(connect(descriptor, address, length)) }
    }
  }
  precondition(status == 0, "nobody listens: \(errno)")
  // A server that has had enough no longer reads.
  _ = request.octets.withUnsafeBytes { octets in
    uninterrupted { send(descriptor, octets.baseAddress, octets.count, Int32(MSG_NOSIGNAL)) }
  }
  if request.isRaw || request.isEndless { _ = shutdown(descriptor, Int32(SHUT_WR)) }
  var answer: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 16_384)
  while true {
    let count = uninterrupted { recv(descriptor, &piece, piece.count, 0) }
    guard count > 0 else { return answer }
    answer += piece.prefix(count)
  }
}

/// libFuzzer looks after its timeout by a signal.
func uninterrupted(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    guard result < 0, errno == EINTR else { return result }
  }
}

/// The answer is HTTP, and its body what it says; the daemon never has to say that something went wrong that nobody has thought of.
func examine(_ answer: [UInt8]) {
  guard let text = String(validating: answer, as: UTF8.self) else { preconditionFailure("an answer that is no text") }
  precondition(text.hasPrefix("HTTP/1.1 ") && !text.hasPrefix("HTTP/1.1 500"), text)
  // A raw input may have been several requests, and an array of LSAs comes in chunks.
  guard let end = text.range(of: "\r\n\r\n"), text[..<end.lowerBound].contains("Connection: close"),
    text[..<end.lowerBound].contains("Content-Length"), text[..<end.lowerBound].contains("application/json")
  else { return }
  do {
    _ = try JSONSerialization.jsonObject(with: Data(text[end.upperBound...].utf8), options: .fragmentsAllowed)
  } catch {
    preconditionFailure("no JSON: \(text)")
  }
}

func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
