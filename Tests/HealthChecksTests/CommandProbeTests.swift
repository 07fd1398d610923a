import AnycastPolicy
import Configuration
import Glibc
import Testing

@testable import HealthChecks

@Suite("exec checks", .timeLimit(.minutes(5)))
struct CommandProbeTests {
  private func run(_ script: String, addresses: [String] = ["127.0.0.1"]) async -> Verdict {
    await probe(.exec(ExecCheck(command: ["/bin/sh", "-c", script])), addresses: addresses)
  }

  @Test("Exit status 0 passes, and the last line that is not blank is kept")
  func passes() async {
    #expect(await run("echo one; echo two >&2; echo; echo '  '") == .passing(detail: "two"))
    #expect(await run("true") == .passing(detail: nil))
  }

  @Test("Exit status 3 is wrong: nobody must be sent there")
  func wrong() async {
    #expect(await run("echo stale zone; exit 3") == .wrong(reason: "exit status 3: stale zone"))
    #expect(await run("exit 3") == .wrong(reason: "exit status 3"))
  }

  @Test("Exit status 2 is degraded, and the last line says why")
  func degraded() async {
    #expect(await run("echo one upstream of two; exit 2") == .degraded(reason: "one upstream of two"))
    #expect(await run("exit 2") == .degraded(reason: "exit status 2"))
  }

  @Test("Any other exit status fails, with the last line as the reason")
  func fails() async {
    #expect(await run("echo cannot reach upstream; exit 4") == .failing(reason: "exit status 4: cannot reach upstream"))
    #expect(await run("kill -TERM $$") == .failing(reason: "killed by signal 15"))
  }

  @Test("The environment names the service and its addresses, and nothing of the daemon's own is in it")
  func environment() async {
    let script = "echo $SERVICE $ADDRESS $ADDRESSES; test -z \"$HOME$USER\""
    let verdict = await run(script, addresses: ["127.0.0.1", "::1"])
    #expect(verdict == .passing(detail: "dns 127.0.0.1 127.0.0.1 ::1"))
  }

  @Test("Standard input is empty, and the working directory is the root")
  func surroundings() async {
    #expect(await run("cat; pwd") == .passing(detail: "/"))
  }

  @Test("The command leads its own process group")
  func processGroup() async {
    #expect(await run("test $(cut -d' ' -f5 /proc/$$/stat) = $$").isPassing)
  }

  @Test("A command gains no privileges, has limits, and writes no more than it may")
  func confined() async {
    let status = await run("grep -E 'NoNewPrivs|CapBnd|CapEff' /proc/self/status | tr -d '\\t' | tr '\\n' ' '")
    guard case .passing(let detail?) = status else {
      Issue.record("\(status)")
      return
    }
    #expect(detail.contains("CapEff:0000000000000000"))
    if geteuid() == 0 {
      #expect(detail.contains("NoNewPrivs:1"))
      #expect(detail.contains("CapBnd:0000000000000000"))
    }
    if geteuid() == 0 {
      let limits = await run("echo $(ulimit -d) $(ulimit -f) $(ulimit -n) $(ulimit -c)")
      #expect(limits == .passing(detail: "1048576 131072 1024 0"))
    }
    let output = await run("exec cat /dev/zero")
    #expect(output == .failing(reason: "ended, because it wrote more than 16 MiB"))
  }

  @Test("A daemon that is root runs its commands as nobody, in no other group")
  func unprivileged() async {
    let expected = geteuid() == 0 ? "nobody nogroup" : nil
    let verdict = await run("echo $(id -un) $(id -Gn)")
    #expect(expected == nil || verdict == .passing(detail: expected))
  }

  @Test("A command has no capabilities")
  func noCapabilities() async {
    #expect(
      await run("grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status | grep -v 0000000000000000; true") == .passing(detail: nil))
  }

  @Test("When the user to run commands as does not exist, nothing is run, and the check fails")
  func userMissing() async {
    let user = CommandUser.unprivileged(name: "no-such-user")
    let verdict = await probe(.exec(ExecCheck(command: ["/bin/true"])), commandUser: user)
    let expected: Verdict =
      geteuid() == 0 ? .failing(reason: "there is no user 'no-such-user' to run commands as") : .passing(detail: nil)
    #expect(verdict == expected)
  }

  @Test("A program without a slash is looked for in the usual directories")
  func searchPath() async {
    #expect(await probe(.exec(ExecCheck(command: ["true"]))).isPassing)
  }

  @Test(
    "A program that is missing or may not be run fails the check and says so",
    arguments: [
      (["/no/such/program"], "No such file or directory"), (["no-such-program"], "No such file or directory"),
      (["/etc/passwd"], "Permission denied"), (["/etc"], "Permission denied"), (["--version"], "No such file or directory"),
    ])
  func cannotRun(command: [String], cause: String) async {
    let verdict = await probe(.exec(ExecCheck(command: command)))
    #expect(verdict == .failing(reason: "cannot run \(command[0]): \(cause)"))
  }

  @Test("At its timeout a check is killed with everything in its process group, also what holds the output open")
  func killedWhole() async throws {
    let lifeLine = try LifeLine()
    let script = "\(lifeLine.hold) (trap '' TERM HUP; sleep 1000; sleep 1000) & echo waiting; sleep 1000"
    let service = ServiceConfiguration.local(.shell(script, interval: .seconds(1), timeout: .milliseconds(700)))
    try await withRunner(checking: [service]) { outcomes in
      let outcome = try #require(try await outcomes.next(1).first)
      let reason = try #require(outcome.verdict.text)
      #expect(!outcome.verdict.isPassing && reason.hasPrefix("timeout after 700ms"), "\(reason)")
      try await lifeLine.untilCut()
    }
  }

  @Test("A command that ends does not wait for a child that holds its output open, and the child is ended")
  func leavesChild() async throws {
    let lifeLine = try LifeLine()
    #expect(await run("\(lifeLine.hold) sleep 1000 & echo done") == .passing(detail: "done"))
    try await lifeLine.untilCut()
  }

  @Test("A command that closes its output early is waited for")
  func closesOutput() async {
    #expect(await run("exec >&- 2>&-; sleep 0.2; exit 4") == .failing(reason: "exit status 4"))
  }

  @Test("A command that writes without end is read, and killed at its timeout")
  func writesWithoutEnd() async throws {
    let service = ServiceConfiguration.local(
      .shell("while :; do echo y; done", interval: .seconds(3_600), timeout: .milliseconds(300)))
    try await withRunner(checking: [service]) { outcomes in
      let outcome = try #require(try await outcomes.next(1).first)
      #expect(outcome.verdict.text?.hasPrefix("timeout after 300ms") == true)
    }
  }

  @Test("Of a long output the last line is kept, however much came before it")
  func longOutput() async {
    #expect(await run("head -c 3000000 /dev/zero; echo; echo last; exit 1") == .failing(reason: "exit status 1: last"))
  }

  @Test("No more than 4 KiB of output are kept, and a line is cut and cleaned before it stands in a log")
  func boundedOutput() {
    var output = CommandOutput()
    for _ in 0..<100 { output.append([UInt8](repeating: 0x61, count: 1_000).span.bytes) }
    #expect(output.count == CommandOutput.limit)
    #expect(output.lastLine == String(repeating: "a", count: CommandOutput.longestLine) + "...")
    output.append(Array("\n  one\u{1B}[31mtwo\t\u{7}\n\n".utf8).span.bytes)
    #expect(output.lastLine == "one [31mtwo  ")
    output.append([UInt8]([0x0A, 0xFF, 0x78]).span.bytes)
    #expect(output.lastLine == "\u{FFFD}x")
  }
}
