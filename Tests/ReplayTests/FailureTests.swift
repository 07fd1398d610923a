import CaptureAnalysis
import OSPFProtocol
import Testing

@Suite("Adjacencies that fail")
struct FailureTests {
  /// What is said of each recording when router 1 is played, and when router 2 is.
  private static let sentences: [String: (String, String)] = [
    "frr-bird-hello-mismatch": (
      "its packets are refused: HelloInterval is 2 s there and 1 s here",
      "its packets are refused: HelloInterval is 1 s there and 2 s here"
    ),
    "bird-frr-dead-mismatch": (
      "its packets are refused: RouterDeadInterval is 8 s there and 4 s here",
      "its packets are refused: RouterDeadInterval is 4 s there and 8 s here"
    ),
    "frr-bird-area-mismatch": (
      "its packets are refused: the area is 0.0.0.1 there and 0.0.0.0 here",
      "its packets are refused: the area is 0.0.0.0 there and 0.0.0.1 here"
    ),
    "bird-frr-mask-mismatch": (
      "its packets are refused: the network mask is 255.255.255.128 there and 255.255.255.0 here",
      "its packets are refused: the network mask is 255.255.255.0 there and 255.255.255.128 here"
    ),
    "frr-bird-mtu-mismatch": (
      "the interface MTU is 1400 there and 1500 here: it refuses Database Descriptions that say more than its own",
      "its packets are refused: the interface MTU is 1500 there and 1400 here"
    ),
    "bird-frr-stub-mismatch": (
      "its packets are refused: the E-bit is clear there and set here: one side takes the area for a stub area or an NSSA",
      "its packets are refused: the E-bit is set there and clear here: one side takes the area for a stub area or an NSSA"
    ),
    "frr-bird-nssa-mismatch": (
      "its packets are refused: the N-bit is set there and clear here: one side takes the area for an NSSA",
      "its packets are refused: the N-bit is clear there and set here: one side takes the area for an NSSA"
    ),
    "frr-bird-auth-type-mismatch": (
      "the authentication is none there and cryptographic, key 1, digest of 16 octets here",
      "the authentication is cryptographic, key 1, digest of 16 octets there and none here"
    ),
    "bird-frr-password-mismatch": ("the simple passwords differ", "the simple passwords differ"),
    "frr-bird-md5-key-mismatch": (oneWay("192.0.2.1"), oneWay("192.0.2.2")),
    "bird-frr-duplicate-router-id": (
      "both have the router ID 192.0.2.1: 10.0.0.1 and 10.0.0.2", "both have the router ID 192.0.2.1: 10.0.0.2 and 10.0.0.1"
    ),
    "frr-bird-v3-trailer-mismatch": (oneWay("192.0.2.1"), oneWay("192.0.2.2")),
    "frr-bird-v3-hello-mismatch": (
      "its packets are refused: HelloInterval is 2 s there and 1 s here",
      "its packets are refused: HelloInterval is 1 s there and 2 s here"
    ),
    "bird-frr-v3-area-mismatch": (
      "its packets are refused: the area is 0.0.0.1 there and 0.0.0.0 here",
      "its packets are refused: the area is 0.0.0.0 there and 0.0.0.1 here"
    ),
    "frr-bird-v3-mtu-mismatch": (
      "the interface MTU is 1400 there and 1500 here: it refuses Database Descriptions that say more than its own",
      "its packets are refused: the interface MTU is 1500 there and 1400 here"
    ),
    "bird-bird-v3-instance-mismatch": (
      "its packets are refused: the Instance ID is 1 there and 0 here",
      "its packets are refused: the Instance ID is 0 there and 1 here"
    ),
  ]

  private static func oneWay(_ routerID: String) -> String {
    "its Hellos do not list \(routerID): it does not hear it, or refuses its packets. "
      + "Both authenticate alike; whether the keys are equal cannot be seen"
  }

  @Test("every classic mistake is among the recordings")
  func recordings() {
    #expect(Set(DescribedRecording.failures.map(\.name)) == Set(Self.sentences.keys))
  }

  @Test("why an adjacency fails is said in one sentence, from either side", arguments: DescribedRecording.failures, [0, 1])
  func reasons(_ recording: DescribedRecording, playing position: Int) throws {
    let expected = try #require(Self.sentences[recording.name])
    let verdict = try #require(try recording.replay(playing: position).verdicts.first)
    #expect(verdict.reasons == [position == 0 ? expected.0 : expected.1])
    #expect(verdict.state < .full)
    #expect(verdict.recordedState < .full)
  }
}
