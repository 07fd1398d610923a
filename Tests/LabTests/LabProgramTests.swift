import FoundationEssentials
import LabHarness
import Testing

extension LabTests {
  /// The program that builds the networks of the scripts, alone and as `scripts/lab-library.bash` uses it.
  @Suite("The lab of the scripts")
  struct LabProgramTests {
    private static let program = AnycastDaemon.programs + "/lab"

    /// Runs a script that has a lab, and gives back the words of each line that it has printed.
    private func run(_ script: String) async throws -> (result: CommandResult, lines: [[String]]) {
      let beginning = """
        set -euo pipefail
        . \(Peer.root)/scripts/lab-library.bash
        begin_hosts iproute2
        echo "$prefix" "$work"

        """
      let result = try await LabSlots.shared.with(.part) {
        try await Shell.attempt(
          "env", ["BENCH_PROGRAMS=" + AnycastDaemon.programs, "bash", "-c", beginning + script, "a-script"])
      }
      let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      return (result, lines)
    }

    /// Waits until nothing is left of the lab that a script has named in its first line.
    private func awaitRemoval(_ lines: [[String]]) async throws {
      let names = try #require(lines.first)
      try #require(names.count == 2)
      try await eventually("the lab of the script is gone") {
        try await !Shell.run("ip", ["netns", "list"]).contains(names[0]) && !FileManager.default.fileExists(atPath: names[1])
      }
    }

    @Test("Hosts and a switch are laid, packets pass, and nothing is left when the script has ended")
    func network() async throws {
      let (result, lines) = try await run(
        """
        lay <<'TEXT'
        # Two ends and what lies between them.
        host a b

        router router
        link a e0 10.0.1.2/24 2001:db8:1::2/64 router to-a 10.0.1.1/24 2001:db8:1::1/64
        lan lan router to-lan 10.0.2.1/24 b e0 10.0.2.2/24
        ip a route add default via 10.0.1.1
        ip b route add default via 10.0.2.1
        TEXT
        on a ping -q -c 1 -W 5 10.0.2.2 >&2
        on a ping -q -c 1 -W 5 2001:db8:1::1 >&2
        (lab ip b link set e0 down)
        ! on a ping -q -c 1 -W 1 10.0.2.2 >&2
        lab remove
        ip netns list | grep -c "$prefix" || true
        ls "$work"
        lab host a
        on a true
        """)
      #expect(result.status.isSuccess, "\(result.errorOutput)")
      #expect(lines.dropFirst() == [["0"]])
      try await awaitRemoval(lines)
    }

    @Test("FRR, BIRD, a DNS server and the daemon run as the processes that are answered, until their host is stopped")
    func programs() async throws {
      let (result, lines) = try await run(
        """
        lab host frr bird node
        printf '%s\\n' 'router id 192.0.2.1;' 'protocol device { }' >"$work/lab/bird/bird.conf"
        printf '%s\\n' 'router ospf' ' ospf router-id 192.0.2.2' >"$work/lab/frr/ospfd.conf"
        printf '%s\\n' 'router ospf' ' ospf router-id 192.0.2.3' >"$work/lab/node/node.conf"
        names() { for process in $started; do readlink "/proc/$process/exe" | xargs basename; done | xargs; }
        are() { [ "$(names)" = "$1" ]; }
        lab frr frr zebra ospfd && await FRR are "zebra ospfd"
        lab bird bird && await BIRD are bird
        lab stop bird
        lab bird bird -R from /usr/sbin && await "BIRD from elsewhere" are bird
        lab dns node && await "the DNS server" are unbound
        lab daemon node node.conf && await "the daemon" are anycast-ospfd
        ask_frr frr "show ip ospf" | grep -o "Router ID: [0-9.]*"
        lab stop node
        ip netns pids "${prefix}node"
        """)
      #expect(result.status.isSuccess, "\(result.errorOutput)")
      #expect(lines.dropFirst() == [["Router", "ID:", "192.0.2.2"]])
      try await awaitRemoval(lines)
    }

    @Test("A script that is killed leaves nothing, though what it has started holds the lab's input open")
    func killedScript() async throws {
      let (result, lines) = try await run(
        """
        lab host a
        begin_on a sleep 1000 >/dev/null 2>&1
        (sleep 1000) >/dev/null 2>&1 &
        echo "$started" $!
        kill -KILL $$
        """)
      #expect(!result.status.isSuccess)
      try await awaitRemoval(lines)
      let processes = try #require(lines.last)
      try #require(processes.count == 2)
      // Nothing, or what nobody has waited for yet.
      #expect(((try? String(contentsOfFile: "/proc/\(processes[0])/cmdline", encoding: .utf8)) ?? "").isEmpty)
      // Not on a host, and the script's own.
      try await Shell.run("kill", [processes[1]])
    }

    @Test("What a script asks for in vain ends it with the reason")
    func refusal() async throws {
      let (result, lines) = try await run("lab host a\nlab link a e0 b e0\necho unreachable")
      #expect(!result.status.isSuccess)
      #expect(result.errorOutput.contains("a-script: lab link a e0 b e0: line 2: there is no host 'b'"))
      #expect(lines.count == 1)
      try await awaitRemoval(lines)
    }

    private static let commands = "host, router, link, lan, ip, frr, bird, daemon, dns, stop, remove, end"

    @Test(
      "A line that is no command is refused with what was expected",
      arguments: [
        ("frobnicate", "there is no command 'frobnicate'; expected one of \(commands)"),
        ("host", "expected 'host NAME...'"),
        ("host a/b", "expected 'host NAME...'"),
        ("link a e0", "expected 'link HOST DEVICE [ADDRESS...] HOST DEVICE [ADDRESS...]'"),
        ("link a 10.0.0.1/24 e0 b e0", "expected 'link HOST DEVICE [ADDRESS...] HOST DEVICE [ADDRESS...]'"),
        ("link a e0 b", "expected 'link HOST DEVICE [ADDRESS...] HOST DEVICE [ADDRESS...]'"),
        ("lan a", "expected 'lan NAME HOST DEVICE [ADDRESS...]...'"),
        ("ip a", "expected 'ip HOST ARGUMENT...'"),
        ("frr a from /usr/lib/frr", "expected 'frr HOST DAEMON... [from DIRECTORY]'"),
        ("daemon a", "expected 'daemon HOST FILE... [from DIRECTORY]'"),
        ("stop", "expected 'stop HOST'"),
        ("remove a", "expected 'remove'"),
        ("stop a", "there is no host 'a'"),
      ])
    func badLine(line: String, complaint: String) async throws {
      let result = try await Shell.attempt(Self.program, [], input: "\n# nothing\n\(line)\nremove\nend\nhost a\n")
      let lines = result.output.split(separator: "\n")
      #expect(result.status == .exited(1))
      #expect(lines.dropFirst() == ["ok", "ok", "error line 3: \(complaint)", "ok"])
    }

    @Test(
      "An argument that it does not know ends it before it begins",
      arguments: [["--frobnicate"], ["--owner"], ["--owner", "me"], ["--programs"], ["file"]])
    func badArguments(arguments: [String]) async throws {
      let result = try await Shell.attempt(Self.program, arguments)
      #expect(result.status == .exited(2))
      #expect(result.output.isEmpty)
      #expect(result.errorOutput.hasSuffix("(--help tells)\n"))
    }
  }
}
