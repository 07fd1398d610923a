import Configuration
import ControlAPI

/// Something that hands type that know a router, and that is done in another way here; or a subcommand that is nearly right.
public struct Habit: Equatable, Sendable {
  /// A sentence that says what to do instead.
  public var advice: String

  /// Nil for a command line that is to be taken as it is. `subcommands` are the words that a line may begin with.
  public init?(_ line: some Sequence<String>, subcommands: [String]) {
    let words = line.flatMap { $0.split(separator: " ").map(String.init) }
    guard let first = words.first, !first.hasPrefix("-") else { return nil }
    if let advice = Self.advice(words.filter { !$0.hasPrefix("-") }) {
      self.advice = advice
    } else {
      guard !subcommands.contains(first) else { return nil }
      let near = EditDistance.nearest(to: first, among: subcommands, within: max(1, first.count / 3))
      let abbreviated = subcommands.filter { $0.hasPrefix(first) }
      let guess = abbreviated.count == 1 ? abbreviated[0] : near
      advice =
        "there is no subcommand '\(HarmlessText.line(first.prefix(64)))'"
        + (guess.map { "; did you mean '\($0)'?" } ?? "; `anycastctl --help` lists them")
    }
  }

  private static func advice(_ words: [String]) -> String? {
    func begins(_ phrase: String...) -> Bool {
      words.count >= phrase.count
        && zip(words, phrase).allSatisfy { word, full in word.count >= min(2, full.count) && full.hasPrefix(word) }
    }
    let edit = "edit /etc/anycast-ospfd/anycast-ospfd.conf, look at `anycastctl reload --dry-run`, then `anycastctl reload`"
    switch words.first {
    case "show"?, "sh"?:
      if begins("show", "version") { return "anycast-ospfd \(ProductVersion.current); `anycastctl status` says what runs" }
      if begins("show", "ip", "route") || begins("show", "ipv6", "route") {
        return
          "this daemon computes no routes: `ip route` shows those of the kernel, `anycastctl database` what the routers advertise, "
          + "`anycastctl services` what is advertised here"
      }
      if begins("show", "startup-config") {
        return "the configuration is the file: `anycastctl show running-config` shows what is in force"
      }
      if begins("show", "logging") { return "`journalctl -u anycast-ospfd` shows the log, `anycastctl watch` what happens now" }
      if begins("show", "interface") { return "`anycastctl interfaces` shows those of OSPF, `ip link` all" }
      return nil
    case "configure"?, "conf"?, "config"?: return "there is no configuration mode: \(edit)"
    case "write"?, "wr"?, "copy"?:
      return "nothing is to be written: the daemon runs what is in its files. To change something, \(edit)"
    case "no"?, "router"?, "interface"?, "ip"?, "ipv6"?: return "lines of the configuration go into its file: \(edit)"
    case "enable"?, "en"?, "disable"?, "exit"?, "end"?, "quit"?: return "there are no modes: each command is complete in itself"
    case "debug"?: return "`anycastctl log-level debug` logs everything, `anycastctl capture IF` shows the packets"
    case "ping"?, "traceroute"?: return "`\(words[0])` of the shell does that"
    case "reload"?, "restart"?: return nil
    default: return nil
    }
  }
}
