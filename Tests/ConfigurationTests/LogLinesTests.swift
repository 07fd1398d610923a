import Configuration
import ConfigurationTestSupport
import Testing

@Suite("The lines of the log, as Quagga and FRR mean them")
struct LogLinesTests {
  private func logging(_ lines: String...) throws -> LogConfiguration {
    try configuration(lines.joined(separator: "\n") + "\n").logging
  }

  @Test("A file, syslog and its facility, each with its level or FRR's default, and undone by `no`")
  func lines() throws {
    #expect(try logging("log file /var/log/a").file == .init(path: "/var/log/a", level: .debugging))
    #expect(try logging("log file /var/log/a errors").file == .init(path: "/var/log/a", level: .errors))
    #expect(try logging("log syslog").syslog == .informational)
    #expect(try logging("log syslog", "log facility local7").facility == .local7)
    let both = try logging("log syslog local3 warnings")
    #expect(both.syslog == .warnings && both.facility == .local3)
    let undone = try logging(
      "log file /a", "log syslog", "log facility cron", "no log file", "no log syslog", "no log facility")
    #expect(undone == LogConfiguration())
  }

  @Test("What cannot be is an error, and a second file a notice")
  func mistakes() throws {
    #expect(errors("log file var/log/a\n") == ["test.conf:1:10: bad value 'var/log/a'; expected an absolute path"])
    #expect(errors("log syslog loud\n").first?.contains("test.conf:1:12: unknown word 'loud'") == true)
    #expect(try notices("log file /a\nlog file /a errors\n") == [])
    #expect(try notices("log file /a\nlog file /b\n").first?.contains("it takes the place of /a") == true)
  }
}
