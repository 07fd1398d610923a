import ControlAPI
import Testing

@testable import Diagnosis

@Suite("What the doctor says of keys")
struct KeyDiagnosisTests {
  private func findings(_ keys: [KeyReport]) -> [Finding] {
    var interface = HandMade().reports.interfaces[0]
    interface.authentication = .hmacSHA256
    interface.authenticationKeys = keys
    return KeyDiagnosis(interface: interface).findings
  }

  private func key(
    _ id: Int, sending: Bool = false, accepted: Bool = true, begins: Double? = nil, ends: Double? = nil, acceptEnds: Double? = nil
  ) -> KeyReport {
    KeyReport(
      id: id, algorithm: .hmacSHA256, sending: sending, accepted: accepted, sendBeginsSeconds: begins, sendEndsSeconds: ends,
      acceptEndsSeconds: acceptEnds)
  }

  @Test("a key that ends within a week is a warning, which says whether another one takes its place")
  func ending() {
    let day = 86_400.0
    #expect(findings([key(1, sending: true)]).isEmpty)
    #expect(findings([key(1, sending: true, ends: 8 * day)]).isEmpty)
    let lonely = findings([key(1, sending: true, ends: 6 * day), key(2, ends: 0)])
    #expect(lonely.map(\.severity) == [.warning])
    #expect(lonely.map(\.kind) == [.keyEnds])
    #expect(lonely.first?.message.contains("Key 1") ?? false)
    #expect(lonely.first?.message.contains("No key takes its place") ?? false)
    let followed = findings([key(1, sending: true, ends: 6 * day), key(2, begins: 5 * day)])
    #expect(followed.first?.message.contains("Key 2 takes its place") ?? false)
    let accepted = findings([key(1, sending: true), key(2, acceptEnds: day)])
    #expect(accepted.first?.message.contains("Key 2 is accepted") ?? false)
  }

  @Test("no key in force is an error")
  func none() {
    #expect(findings([]).map(\.kind) == [.noKeyInForce])
    #expect(findings([key(1, accepted: false, begins: 60)]).map(\.severity) == [.error])
  }

  @Test("where nothing is authenticated there is nothing to say")
  func unauthenticated() {
    var interface = HandMade().reports.interfaces[0]
    for kind in [AuthenticationName.none, .simplePassword] {
      interface.authentication = kind
      #expect(KeyDiagnosis(interface: interface).findings.isEmpty)
    }
  }
}
