import NIOSSL
import Subprocess
import Testing

/// A certificate that has signed itself, made anew by openssl for one test.
struct Certificate: Sendable {
  /// What a client must trust.
  let file: String
  /// A server's side of TLS.
  let context: NIOSSLContext

  /// Makes one for names, as `DNS:www.example.net` or `IP:127.0.0.1`, that is valid for so many days from now, or was until so many days ago.
  static func with<Result: Sendable>(
    names: String, days: Int = 2, _ body: (Certificate) async throws -> Result
  ) async throws -> Result {
    // Only `x509` makes a certificate that has expired.
    let script = """
      directory=$(mktemp -d) && trap 'rm -r "$directory"' EXIT && cd "$directory" &&
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -keyout key -out request &&
      echo "subjectAltName=$1" > extensions &&
      openssl x509 -req -in request -signkey key -days "$2" -extfile extensions -out certificate && cat key certificate
      """
    let result = try await Subprocess.run(
      .name("sh"), arguments: ["-c", script, "sh", names, "\(days)"], output: .string(limit: 65536), error: .discarded)
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
