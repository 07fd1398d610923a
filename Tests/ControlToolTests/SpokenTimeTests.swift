import ControlAPI
import Glibc
import Testing

@testable import anycastctl

@Suite("Times to come, as an operator writes them")
struct SpokenTimeTests {
  private let now = Timestamp(millisecondsSince1970: 1_796_000_000_000)

  private func local(_ time: Timestamp) -> tm {
    var second = time_t(time.millisecondsSince1970 / 1000)
    var parts = tm()
    localtime_r(&second, &parts)
    return parts
  }

  @Test("A time of day is the next one, whatever the time zone")
  func timeOfDay() throws {
    for hour in 0..<24 {
      let time = try #require(SpokenTime(argument: "\(hour):05")).timestamp(after: now)
      #expect(time > now && time.seconds(since: now) <= 25 * 3600)
      #expect(local(time).tm_hour == Int32(hour) && local(time).tm_min == 5)
    }
  }

  @Test("A date is local time, and what begins with + counts from now")
  func dates() throws {
    for text in ["2027-02-03T04:05:06", "2027-02-03 04:05:06"] {
      let parts = local(try #require(SpokenTime(argument: text)).timestamp(after: now))
      #expect(parts.tm_year == 127 && parts.tm_mon == 1 && parts.tm_mday == 3)
      #expect(parts.tm_hour == 4 && parts.tm_min == 5 && parts.tm_sec == 6)
    }
    #expect(try #require(SpokenTime(argument: "+2h")).timestamp(after: now) == now.advanced(bySeconds: 7200))
  }

  @Test("What is no time is refused", arguments: ["", "3", "24:00", "3:60", "2027-13-01T00:00", "2027-01-01", "+", "+x", "a:b"])
  func refused(text: String) { #expect(SpokenTime(argument: text) == nil) }
}
