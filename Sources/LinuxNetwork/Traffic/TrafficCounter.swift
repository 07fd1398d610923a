import Glibc
import NIOCore
import NIOPosix
import OSPFWire

/// The traffic to a prefix that comes from elsewhere.
public struct PrefixTraffic: Hashable, Sendable {
  /// Since counting began.
  public var packets: UInt64
  public var octets: UInt64
  /// TCP connections to this host at the moment.
  public var connections: Int
}

/// Counts the traffic to the prefixes of services, so that "drained" can be seen to be drained.
public final class TrafficCounter: Sendable {
  private let eventLoop: any EventLoop
  private let worker = Worker()
  private let threadPool = NIOThreadPool(numberOfThreads: 1)

  /// Counts nothing yet. It will do so in the network namespace of the calling thread.
  public init(on eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    threadPool.start()
  }

  deinit { threadPool.shutdownGracefully { _ in } }

  /// Counts for exactly these prefixes. The result is why that cannot be done; nil when it can.
  public func count(_ prefixes: Set<IPPrefix>) -> EventLoopFuture<String?> {
    threadPool.runIfActive(eventLoop: eventLoop) { [worker] in worker.count(prefixes) }
  }

  /// What was counted, where it could be.
  public func traffic() -> EventLoopFuture<[IPPrefix: PrefixTraffic]> {
    threadPool.runIfActive(eventLoop: eventLoop) { [worker] in worker.traffic() }
  }

  /// Removes the table from the kernel. The future succeeds when the thread has ended.
  public func close() -> EventLoopFuture<Void> {
    let promise = eventLoop.makePromise(of: Void.self)
    threadPool.submit { [threadPool, worker] _ in
      worker.close()
      threadPool.shutdownGracefully { error in
        if let error { promise.fail(error) } else { promise.succeed() }
      }
    }
    return promise.futureResult
  }

  /// Talks to the kernel, on the one thread of the pool.
  private final class Worker: @unchecked Sendable {
    private var table: TrafficTable?
    private var sockets: NetlinkSocket?
    private var prefixes: Set<IPPrefix> = []

    func count(_ prefixes: Set<IPPrefix>) -> String? {
      guard !prefixes.isEmpty || table != nil else { return nil }
      self.prefixes = prefixes
      do throws(SystemCallError) {
        if table == nil { table = try TrafficTable() }
      } catch {
        return error.description
      }
      do throws(NetlinkError) {
        try table?.replace(with: prefixes)
        return nil
      } catch {
        return error.description
      }
    }

    func traffic() -> [IPPrefix: PrefixTraffic] {
      guard !prefixes.isEmpty, let table, let counts = try? table.counts() else { return [:] }
      if sockets == nil { sockets = try? NetlinkSocket(protocol: NetlinkProtocol.socketDiagnosis) }
      guard let sockets, let connections = try? EstablishedConnections.count(to: prefixes, sockets) else { return [:] }
      return counts.reduce(into: [:]) { traffic, counted in
        traffic[counted.key] = PrefixTraffic(
          packets: counted.value.packets, octets: counted.value.octets, connections: connections[counted.key] ?? 0)
      }
    }

    func close() {
      try? table?.remove()
      table = nil
      sockets = nil
    }
  }
}
