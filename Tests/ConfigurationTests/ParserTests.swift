import AnycastPolicy
import ConfigurationTestSupport
import Testing

@testable import Configuration

@Suite("Blocks, lines and words")
struct ParserTests {
  @Test("a comment does not end a block, as in Quagga, wherever it stands")
  func comments() throws {
    let text = "interface eth0\n! one\n# two\n  ! three\n ip ospf cost 7\n!\n ip ospf priority 3\n"
    let parsed = try configuration(text)
    #expect(parsed.interface("eth0")?.ospf.cost == 7)
    #expect(parsed.interface("eth0")?.ospf.priority == 3)
  }

  @Test("a command of the top level ends a block, with indentation or without", arguments: ["", " ", "\t"])
  func indentationIsFree(indentation: String) throws {
    let lines = ["interface eth0", "ip ospf cost 7", "interface eth1", "ip ospf cost 8", "router ospf", "router-id 1.2.3.4"]
    let parsed = try configuration(lines.map { indentation + $0 }.joined(separator: "\n"))
    #expect(parsed.interface("eth0")?.ospf.cost == 7)
    #expect(parsed.interface("eth1")?.ospf.cost == 8)
    #expect(parsed.ospf?.routerID?.description == "1.2.3.4")
    #expect(parsed.routerID == nil)
  }

  @Test("`exit`, `quit` and `end` end a block", arguments: ["exit", "quit", "end"])
  func ends(word: String) throws {
    #expect(try configuration("router ospf\n\(word)\nrouter-id 1.2.3.4\n").routerID?.description == "1.2.3.4")
  }

  @Test("no block goes on from one file into the next")
  func filesEndBlocks() {
    let files = [SourceFile(path: "a", text: "interface eth0\n"), SourceFile(path: "b", text: " ip ospf cost 7\n")]
    #expect(errors(files) == ["b:1:2: 'ip ospf cost' belongs inside 'interface'"])
  }

  @Test("a block that is begun again goes on, in another file too")
  func blocksGoOn() throws {
    let parsed = try Configuration.parse([
      SourceFile(path: "zebra.conf", text: "interface eth0\n description uplink\n"),
      SourceFile(path: "ospfd.conf", text: "interface eth0\n ip ospf cost 7\n"),
    ])
    #expect(parsed.configuration.interfaces.count == 1)
    #expect(parsed.configuration.interface("eth0")?.description == "uplink")
    #expect(parsed.configuration.interface("eth0")?.ospf.cost == 7)
  }

  @Test("a byte order mark, carriage returns and a missing last line feed change nothing")
  func lineEnds() throws {
    let plain = try configuration(example)
    let dressed = "\u{FEFF}" + example.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    #expect(try configuration(dressed) == plain)
    #expect(plain.services.first?.description == "recursive resolver")
  }

  @Test("every error of every file is told, in the order of files, lines and columns")
  func everyError() {
    let files = [
      SourceFile(path: "b.conf", text: "interface eth0\n ip ospf cost 0\n ip ospf prioriti 1\nanycast service x\n"),
      SourceFile(path: "a.conf", text: "hostnmae x\nrouter ospf\n netwrk 10.0.0.0/8 area 0\n"),
    ]
    #expect(
      errors(files).map { String($0.prefix { $0 != ";" }) } == [
        "b.conf:2:15: bad value '0'", "b.conf:3:10: unknown word 'prioriti'", "b.conf:4:17: 'x': a service without 'address'",
        "a.conf:1:1: unknown word 'hostnmae'", "a.conf:3:2: unknown word 'netwrk'",
      ])
  }

  @Test(
    "an unknown word has its place and the nearest known word",
    arguments: [
      ("interfaec eth0", "1:1: unknown word 'interfaec'; expected a command of 'the top level'; nearest known word: 'interface'"),
      ("anycast servce dns", "1:9: unknown word 'servce'; expected 'service'; nearest known word: 'service'"),
      ("anycast", "1:8: the line ends too early; expected 'service'"),
      ("no", "1:3: the line ends too early; expected a command of 'the top level'"),
      ("no interface eth0", "1:4: 'interface' cannot be undone by 'no'"),
      ("interface", "1:10: the line ends too early; expected the name of an interface, at most 15 octets without '/'"),
      (
        "interface an-overlong-name",
        "1:11: bad value 'an-overlong-name'; expected the name of an interface, at most 15 octets without '/'"
      ),
      ("ip ospf cost 10", "1:1: 'ip ospf cost' belongs inside 'interface'"),
      ("address 192.0.2.1", "1:1: 'address' belongs inside 'anycast service'"),
      ("  network 10.0.0.0/8 area 0", "1:3: 'network' belongs inside 'router ospf'"),
    ])
  func unknownWords(line: String, message: String) {
    #expect(errors(line + "\n") == ["test.conf:\(message)"])
  }

  @Test("inside a block the nearest word is looked for in the block and at the top level")
  func unknownWordInBlock() {
    #expect(
      errors("interface eth0\n ip ospf helo-interval 5\n descripton x\n ruoter ospf\n") == [
        "test.conf:2:10: unknown word 'helo-interval'; expected "
          + "'area', 'authentication', 'authentication-key', 'bfd', 'capability', 'compatible', 'cost', 'dead-interval', "
          + "'graceful-restart', 'hello-interval', 'message-digest-key', 'mpls', 'mtu-ignore', 'neighbor-filter', 'network', "
          + "'passive', 'prefix-suppression', 'priority', 'retransmit-interval', 'transmit-delay', 'ttl-security' or 'write-multiplier'; "
          + "nearest known word: 'hello-interval'",
        "test.conf:3:2: unknown word 'descripton'; expected a command of 'interface' or a command of 'the top level'; "
          + "nearest known word: 'description'",
        "test.conf:4:2: unknown word 'ruoter'; expected a command of 'interface' or a command of 'the top level'; "
          + "nearest known word: 'router'",
      ])
  }

  @Test("columns count characters, not octets")
  func columns() {
    #expect(
      errors("interface eth0\n description b\u{FC}ro\n\tip ospf c\u{F6}st 5\n").map { String($0.prefix { $0 != ";" }) } == [
        "test.conf:3:10: unknown word 'c\u{F6}st'"
      ])
    #expect(
      errors("anycast service \u{E4} b\n")
        == errors("anycast service \u{F6} b\n").map {
          $0.replacing("\u{F6}", with: "\u{E4}")
        })
    let text = "anycast service a\n address 192.0.2.1\n check exec /bin/\u{FC}\u{FC} interval x\n"
    #expect(errors(text).map { String($0.prefix { $0 != ";" }) } == ["test.conf:3:30: bad value 'x'"])
  }

  @Test("a control character is an error, because it would reach terminals and programs")
  func controlCharacters() {
    #expect(
      errors("interface eth0\n description a\u{1B}[2Jb\n") == ["test.conf:2:15: a control character; expected text"])
    #expect(errors("! a comment \u{0}\n").isEmpty)
  }

  @Test("what is indented below a line that could not be read is not read either")
  func skippedBlock() {
    #expect(errors("interfaec eth0\n ip ospf cost 1\n foo\n!\n bar\nrouter ospf\n foo\n").count == 2)
    #expect(errors("interface eth0\nfoo\nip ospf cost 0\n").count == 2)
  }

  @Test("a file that is no configuration is refused by its size")
  func largeFile() {
    let file = SourceFile(path: "disk.img", bytes: Array(repeating: 0x20, count: (16 << 20) + 1))
    #expect(errors([file]) == ["disk.img:1:1: the file is larger than 16777216 octets"])
  }

  @Test("edits are counted with transpositions, and the alphabetically first of the nearest is taken")
  func editDistance() {
    #expect(EditDistance.between("hello", and: "hello") == 0)
    #expect(EditDistance.between("", and: "abc") == 3)
    #expect(EditDistance.between("ruoter", and: "router") == 1)
    #expect(EditDistance.between("kitten", and: "sitting") == 3)
    #expect(EditDistance.nearest(to: "b", among: ["c", "a"]) == "a")
    #expect(EditDistance.nearest(to: "b", among: []) == nil)
    #expect(EditDistance.nearest(to: String(repeating: "b", count: 65), among: ["a"]) == nil)
  }

  @Test(
    "durations are whole numbers with a unit",
    arguments: [
      ("500ms", Duration.milliseconds(500)), ("1s", .seconds(1)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
      ("7", .seconds(7)),
    ])
  func durations(text: String, duration: Duration) {
    #expect(DurationText.parse(text, bare: .seconds) == duration)
  }

  @Test(
    "anything else is no duration",
    arguments: ["", "s", "1.5s", "-1s", "1 s", "1sec", "99999999999999999999", "9223372036854775807h"])
  func noDurations(text: String) {
    #expect(DurationText.parse(text, bare: .seconds) == nil)
  }
}
