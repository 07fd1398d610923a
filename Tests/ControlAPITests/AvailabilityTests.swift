import ControlAPI
import Testing

@Suite("What a history says of a service's availability")
struct AvailabilityTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(millisecondsSince1970: 1_763_696_000_000 + seconds * 1000) }

  private func state(_ seconds: Int64, _ from: String, _ to: String, of service: String = "dns") -> EventReport {
    EventReport(
      time: at(seconds), level: .notice, kind: .serviceStateChanged, message: "", service: service, from: from, to: to)
  }

  private func event(_ seconds: Int64, _ kind: EventKind, of service: String? = nil) -> EventReport {
    EventReport(time: at(seconds), level: .notice, kind: kind, message: "", service: service)
  }

  private func availability(_ records: [EventReport], _ from: Int64 = 0, _ to: Int64 = 1000) -> ServiceAvailability {
    ServiceAvailability(of: "dns", in: records, from: at(from), to: at(to))
  }

  @Test("Time up and degraded counts; a withdrawal has its time, and so has the return")
  func adds() {
    let found = availability([
      event(0, .daemonStarted), state(100, "down", "up"), state(300, "up", "degraded"), state(500, "degraded", "down"),
      state(550, "down", "up", of: "web"),
      EventReport(
        time: at(502), level: .debug, kind: .withdrawalAcknowledged, message: "", service: "dns"), state(600, "down", "up"),
    ])
    #expect(found.observedSeconds == 1000)
    #expect(found.servingSeconds == 800)
    #expect(found.availabilityPercent == 80)
    #expect(found.withdrawals == 1)
    #expect(found.meanTimeToWithdrawSeconds == 2)
    #expect(found.meanTimeToReturnSeconds == 100)
  }

  @Test("The last resort is advertised and does not serve")
  func lastResort() {
    let found = availability([state(0, "up", "last-resort"), state(400, "last-resort", "up")])
    #expect(found.observedSeconds == 1000 && found.servingSeconds == 600 && found.lastResortSeconds == 400)
    #expect(found.withdrawals == 0 && found.meanTimeToReturnSeconds == nil)
  }

  @Test("The end of the daemon withdraws, and its start is no return")
  func ends() {
    let found = availability([
      state(0, "down", "up"), event(500, .daemonEnded), event(600, .daemonStarted), state(700, "down", "up"),
    ])
    #expect(found.servingSeconds == 800 && found.withdrawals == 1 && found.meanTimeToReturnSeconds == 200)
  }

  @Test("Only the time that was asked for counts, and what began before it is known")
  func window() {
    let records = [state(0, "down", "up"), state(100, "up", "down"), state(900, "down", "up")]
    let found = availability(records, 500, 1000)
    #expect(found.observedSeconds == 500 && found.servingSeconds == 100 && found.withdrawals == 0)
    #expect(found.meanTimeToReturnSeconds == 800)
  }

  @Test("Of what nothing is known nothing is said")
  func unknown() {
    #expect(availability([]).availabilityPercent == nil)
    // What was before the first record is not counted, though the record says what it was.
    #expect(availability([state(400, "up", "down")]).observedSeconds == 600)
    #expect(availability([state(400, "up", "down")]).withdrawals == 1)
  }
}
