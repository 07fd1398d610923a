import OSPFProtocol
import ProbeTestSupport
import ProbeWire
import Testing

@Suite("DNS messages")
struct DNSMessageTests {
  @Test("A query has one question, class IN, and asks for recursion (RFC 1035 section 4.1)")
  func query() throws {
    let query = try #require(DNSQuery(name: "www.example.net", type: 28))
    let identifier = [UInt8(query.identifier >> 8), UInt8(query.identifier & 0xFF)]
    let name: [UInt8] = [3] + Array("www".utf8) + [7] + Array("example".utf8) + [3] + Array("net".utf8) + [0]
    #expect(query.bytes == identifier + [1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + name + [0, 28, 0, 1])
  }

  @Test("A query for validated data has the AD bit, and the DO bit in an OPT record (RFC 6840 section 5.7, RFC 3225)")
  func validatingQuery() throws {
    let query = try #require(DNSQuery(name: "example.net", type: 1, dnssec: true, identifier: 0x1234))
    let name: [UInt8] = [7] + Array("example".utf8) + [3] + Array("net".utf8) + [0]
    let record: [UInt8] = [0, 0, 41, 4, 0xD0, 0, 0, 0x80, 0, 0, 0]
    #expect(query.bytes == [0x12, 0x34, 1, 0x20, 0, 1, 0, 0, 0, 0, 0, 1] + name + [0, 1, 0, 1] + record)
    let answer = HandMadeDNS.answer(to: query.bytes, records: [[192, 0, 2, 1]], isAuthenticData: true)
    #expect(try DNSAnswer(answer, to: query).isAuthenticData)
    #expect(try DNSAnswer(answer, to: query).records == [[192, 0, 2, 1]])
  }

  @Test("A message that is refused says why")
  func refusals() throws {
    let query = try #require(DNSQuery(name: "example.net", type: 1, dnssec: false, identifier: 0x1234))
    let right = HandMadeDNS.answer(to: query.bytes)
    func refusal(_ change: (inout [UInt8]) -> Void) -> String? {
      var message = right
      change(&message)
      do throws(MessageRefusal) {
        _ = try DNSAnswer(message, to: query)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0[0] = 0 } == "a DNS answer with another ID")
    #expect(refusal { $0[13] = 0x78 } == "a DNS answer to another question")
    #expect(refusal { $0[2] = 0x01 } == "a DNS message that is no answer")
    #expect(refusal { $0.removeLast(5) } == "a malformed DNS message")
  }

  @Test("An answer yields its response code, its TC bit, and the data of the records of the type asked for")
  func answer() throws {
    let query = try #require(DNSQuery(name: "www.example.net", type: 1))
    let message = HandMadeDNS.answer(
      to: query.bytes, records: [[192, 0, 2, 1], [192, 0, 2, 2]], responseCode: 3, isTruncated: true)
    let answer = try DNSAnswer(message, to: query)
    #expect(answer.isTruncated)
    #expect(answer.responseCode == 3)
    #expect(answer.records == [[192, 0, 2, 1], [192, 0, 2, 2]])
    let otherType = HandMadeDNS.answer(to: query.bytes, type: 5, records: [[0xC0, 0x0C]])
    #expect(try DNSAnswer(otherType, to: query).records == [])
  }

  @Test("A record of another owner is no answer; one at the end of a chain of CNAME records is, in whatever order they stand")
  func owners() throws {
    let query = try #require(DNSQuery(name: "www.example.net", type: 1))
    func records(_ entries: [(owner: String, type: UInt16, data: [UInt8])]) throws -> [[UInt8]] {
      var message = HandMadeDNS.answer(to: query.bytes)
      for entry in entries {
        HandMadeDNS.append(entry.data, owner: HandMadeDNS.name(entry.owner), type: entry.type, to: &message)
      }
      return try DNSAnswer(message, to: query).records
    }
    let address: [UInt8] = [192, 0, 2, 1]
    let alias = HandMadeDNS.name("a.example.org"), next = HandMadeDNS.name("b.example.org")
    #expect(try records([("WWW.Example.net", 1, address)]) == [address])
    #expect(try records([("evil.example.org", 1, address)]) == [])
    #expect(try records([("www.example.net", 5, alias), ("a.example.org", 1, address)]) == [address])
    #expect(
      try records([("b.example.org", 1, address), ("a.example.org", 5, next), ("www.example.net", 5, alias)]) == [address])
    #expect(try records([("a.example.org", 5, next), ("b.example.org", 1, address)]) == [])
    // A chain that bites its tail ends.
    #expect(
      try records([
        ("www.example.net", 5, alias), ("a.example.org", 5, HandMadeDNS.name("www.example.net")), ("c.example.org", 1, address),
      ]) == [])
  }

  @Test("Mutated answers are refused or understood, and never accepted for another query", arguments: 1...8)
  func mutations(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    let query = try #require(DNSQuery(name: "a.long.name.example.net", type: 28))
    let record = [UInt8](repeating: 7, count: 16)
    let original = HandMadeDNS.answer(to: query.bytes, type: 28, records: Array(repeating: record, count: 5))
    var accepted = 0
    for _ in 0..<4_000 {
      var message = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: message = Array(message.prefix(Int.random(in: 0...message.count, using: &generator)))
        case 1: message.append(contentsOf: message.suffix(Int.random(in: 0...64, using: &generator)))
        default:
          guard let index = message.indices.randomElement(using: &generator) else { continue }
          message[index] = UInt8.random(in: .min ... .max, using: &generator)
        }
      }
      guard let answer = try? DNSAnswer(message, to: query) else { continue }
      accepted += 1
      #expect(Array(message.prefix(2)) == Array(query.bytes.prefix(2)) && message[2] & 0x80 != 0)
      #expect(answer.records.count <= DNSAnswer.recordLimit)
    }
    #expect(accepted > 0 && accepted < 4_000)
  }

  @Test("Noise is no answer")
  func noise() throws {
    var generator = SplitMix64(seed: 99)
    let query = try #require(DNSQuery(name: "example.net", type: 1))
    for _ in 0..<4_000 {
      let length = Int.random(in: 0...700, using: &generator)
      let message = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      #expect(throws: MessageRefusal.self) { try DNSAnswer(message, to: query) }
    }
  }
}
