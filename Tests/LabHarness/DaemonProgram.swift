extension Host {
  /// Starts the daemon with configurations, and waits for nothing. Its socket and its log are in the host's directory; so is its
  /// state, and one that is started again finds what the last one left.
  public func startDaemon(
    _ program: String, configurations: [String], launcher: [String] = []
  ) async throws -> BackgroundProcess {
    let process = try await start(
      "anycast-ospfd",
      launcher + [program, "run"] + configurations.flatMap { ["--config", $0] }
        + ["--socket", directory + "/control.sock", "--state-directory", directory + "/state"])
    _ = try write("\(process.processID)\n", to: "anycast-ospfd.pid")
    return process
  }
}
