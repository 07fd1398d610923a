import ControlAPI
import NIOCore
import Testing

@Suite("Questions and answers over the control socket", .timeLimit(.minutes(1)))
struct RoutesTests {
  @Test("Each question is answered with its model")
  func questions() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        let status = try await client.status()
        #expect(status == Samples.status)
        let interfaces = try await client.interfaces()
        #expect(interfaces == [])
        let neighbors = try await client.neighbors()
        #expect(neighbors == [Samples.neighbor])
        let services = try await client.services()
        #expect(services == [Samples.service])
        #expect(try await client.fleet() == [Samples.fleet])
        #expect(try await client.history() == Samples.history)
        #expect(try await client.redistribution() == [Samples.redistributed])
        #expect(try await client.bfd() == [Samples.bfdSession])
        let checks = try await client.checks()
        #expect(checks == [Samples.check])
      }
    }
  }

  @Test("A service is put and removed by its name, and its lines come as they were written")
  func services() async throws {
    let handler = ScriptedHandler()
    try await withSocketPath { path in
      try await withServer(at: path, handler: handler) { client in
        let text = "address 192.0.2.80\n check http url \"http://x/\"\n"
        #expect(try await client.putService(PutServiceRequest(name: "web", text: text)).messages == ["service web added"])
        _ = try await client.putService(PutServiceRequest(name: "a.b", text: "", isPersistent: true))
        #expect(try await client.removeService(named: "web").messages == ["service web removed"])
        #expect(handler.commands == ["put web false \(text)", "put a.b true ", "remove web"])
        for (request, answer) in [
          ("GET /v1/services/dns", "HTTP/1.1 200 "), ("GET /v1/services/other", "HTTP/1.1 404 "),
          ("DELETE /v1/services/", "HTTP/1.1 404 "), ("DELETE /v1/services/a/b", "HTTP/1.1 404 "),
          ("PUT /v1/services/x?persist=maybe", "HTTP/1.1 400 "), ("POST /v1/services/x", "HTTP/1.1 405 "),
          ("PUT /v1/services", "HTTP/1.1 405 "),
        ] {
          let text = try await converse(with: path, "\(request) HTTP/1.1\r\nConnection: close\r\n\r\n")
          #expect(text.hasPrefix(answer), "\(request): \(text)")
        }
      }
    }
  }

  @Test("An answer larger than the socket's buffers arrives whole")
  func largeAnswer() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        let database = try await client.database()
        #expect(database == Samples.database)
      }
    }
  }

  @Test("A command reaches the handler with its parameters")
  func commands() async throws {
    let handler = ScriptedHandler()
    try await withSocketPath { path in
      try await withServer(at: path, handler: handler) { client in
        let request = DrainRequest(names: ["dns"], durationSeconds: 300, reason: "kernel update")
        let drained = try await client.drain(request)
        #expect(drained.messages == ["dns is draining"])
        let waiting = try await client.drainExclusively(DrainRequest(names: ["dns"]))
        #expect(!waiting.isBegun && waiting.waitsFor.map(\.sentence) == ["192.0.2.53/32: 198.51.100.3 is draining"])
        let undrained = try await client.undrain(UndrainRequest(names: ["dns"]))
        #expect(undrained.messages == ["dns is no longer drained"])
        let plan = try await client.reload(ReloadRequest(dryRun: true))
        #expect(plan == Samples.plan)
        let configuration = try await client.configuration()
        #expect(configuration == Samples.configuration)
      }
    }
    #expect(handler.commands == ["drain dns 300.0 kernel update", "drain dns exclusively", "undrain dns"])
  }

  @Test("A refusal arrives as the handler said it, with its details")
  func refusals() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        await #expect(
          throws: ControlClientError.refused(
            ControlError(.notFound, "there is no service or address dsn; did you mean dns?"))
        ) { try await client.drain(DrainRequest(names: ["dsn"])) }
        await #expect(
          throws: ControlClientError.refused(
            ControlError(
              .configurationInvalid, "the configuration has an error, nothing was changed",
              details: ["a.conf:3:2: unknown word nieghbor; did you mean neighbor?"]))
        ) { try await client.reload() }
      }
    }
  }

  @Test(
    "A request that cannot be answered gets the HTTP status that says why",
    arguments: [
      ("GET /v1/nothing HTTP/1.1\r\nConnection: close\r\n\r\n", "404 Not Found", "there is nothing at this path"),
      ("POST /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n", "405 Method Not Allowed", "this path takes GET"),
      (
        "POST /v1/drain HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", "400 Bad Request",
        "the key names is missing"
      ),
      (
        "POST /v1/drain HTTP/1.1\r\nConnection: close\r\nContent-Length: 10\r\n\r\n{\"names\":1", "400 Bad Request",
        "not the JSON that is expected"
      ),
      (
        "POST /v1/undrain HTTP/1.1\r\nConnection: close\r\nContent-Length: 11\r\n\r\n{\"names\":1}", "400 Bad Request",
        "the value of names has the wrong type"
      ),
    ])
  func badRequests(request: String, status: String, sentence: String) async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { _ in
        let answer = try await converse(with: path, request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(answer)")
        #expect(answer.contains(sentence), "\(answer)")
      }
    }
  }

  @Test("Several requests on one connection are answered in order, and a query is no part of the path")
  func keepAlive() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { _ in
        let answer = try await converse(
          with: path,
          "GET /v1/interfaces?area=0.0.0.0 HTTP/1.1\r\n\r\nGET /v1/nothing HTTP/1.1\r\n\r\n"
            + "GET /v1/interfaces HTTP/1.1\r\nConnection: close\r\n\r\n")
        let statuses = answer.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1") || $0.contains("HTTP/1.1 ") }
        #expect(statuses.map { $0.suffix(13) } == ["HTTP/1.1 200 OK".suffix(13), "404 Not Found", "HTTP/1.1 200 OK".suffix(13)])
      }
    }
  }

  @Test("JSON keys are sorted, in lowerCamelCase, and say their unit")
  func spelling() throws {
    let text = String(buffer: try JSONCoding.encode(Samples.neighbor))
    #expect(
      text == """
        {"address":"10.0.12.1","addressFamily":"IPv4","area":"0.0.0.0","ddSequenceNumber":0,"deadSeconds":34.5,\
        "designatedRouter":"10.0.12.1","interface":"eth0","interfaceAddress":"10.0.12.2","master":false,"optionBits":0,"priority":1,\
        "protocol":"OSPFv2","requestCount":0,"retransmissionCount":0,"role":"DR","routerID":"10.0.0.1","state":"Full","stateAgeSeconds":60,"stateChangeCount":6,"summaryCount":0}
        """)
  }

  @Test("A timestamp is RFC 3339 in UTC with milliseconds, and comes back as it went")
  func timestamps() throws {
    #expect(Samples.instant.description == "2025-11-21T03:38:52.120Z")
    let text = try JSONCoding.encode([Samples.instant])
    #expect(try JSONCoding.decode([Timestamp].self, from: text) == [Samples.instant])
    #expect(throws: DecodingError.self) {
      try JSONCoding.decode([Timestamp].self, from: ByteBuffer(string: "[\"yesterday\"]"))
    }
  }
}
