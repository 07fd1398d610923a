import FamiliarOutput
import Testing

@Suite("What hands type that know a router")
struct HabitTests {
  private let subcommands = ["status", "services", "show", "sh", "drain", "undrain", "reload", "doctor", "help"]

  private func advice(_ line: String) -> String? {
    Habit(line.split(separator: " ").map(String.init), subcommands: subcommands)?.advice
  }

  @Test(
    "A subcommand that is nearly right is told the nearest one",
    arguments: [("staus", "status"), ("doctr", "doctor"), ("ser", "services")])
  func nearest(word: String, meant: String) {
    #expect(advice(word) == "there is no subcommand '\(word)'; did you mean '\(meant)'?")
  }

  @Test("What is far from all is told where they are listed, and is harmless")
  func far() {
    #expect(advice("xyzzy") == "there is no subcommand 'xyzzy'; `anycastctl --help` lists them")
    #expect(advice("\u{1B}[31m")?.contains("\u{1B}") == false)
  }

  @Test(
    "What is done in another way here says so",
    arguments: [
      ("show version", "anycast-ospfd "), ("sh ver", "anycast-ospfd "), ("show ip route", "`ip route`"),
      ("sh ip ro", "`ip route`"),
      ("configure terminal", "anycastctl reload"), ("conf t", "anycastctl reload"), ("write", "nothing is to be written"),
      ("write memory", "nothing is to be written"), ("wr", "nothing is to be written"),
      ("copy run start", "nothing is to be written"),
      ("enable", "there are no modes"), ("router ospf", "go into its file"),
    ])
  func habits(line: String, words: String) throws {
    #expect(try #require(advice(line)).contains(words))
  }

  @Test(
    "What is right is left alone",
    arguments: ["status", "show ip ospf neighbor", "sh ip ospf nei", "--help", "", "reload --dry-run", "help"])
  func right(line: String) {
    #expect(advice(line) == nil)
  }
}
