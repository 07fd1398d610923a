import NIOSSL
import Subprocess
import Testing

/// A certificate that has signed itself, made anew by openssl for one test.
struct Certificate: Sendable {
  /// What a client must trust.
  let file: String
  /// A server's side of TLS.
  let context: NIOSSLContext

  /// Makes one for names, as `DNS:www.example.net` or `IP:127.0.0.1`.
  static func with<Result: Sendable>(names: String, _ body: (Certificate) async throws -> Result) async throws -> Result {
    let result = try await Subprocess.run(
      .name("openssl"),
      arguments: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
        "-addext", "subjectAltName=\(names)", "-keyout", "-", "-out", "-",
      ], output: .string(limit: 65536), error: .discarded)
    let text = result.standardOutput
    let pem = Array(text.utf8)
    let configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(pem).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: pem, format: .pem)))
    let begin = "-----BEGIN CERTIFICATE-----"
    let certificate = begin + (text.split(separator: begin).last ?? "")
    return try await withFile(certificate) { path in
      try await body(Certificate(file: path, context: try NIOSSLContext(configuration: configuration)))
    }
  }
}
