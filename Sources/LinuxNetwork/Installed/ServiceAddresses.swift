import NIOCore
import NIOPosix

/// The service addresses that this daemon puts on network devices.
///
/// It adds none that is there already, removes none that it has not added, and knows after a crash which it had added. Kernel and
/// disk are talked to on a thread of its own, one call after the other: a slow disk never delays a Hello.
public final class ServiceAddresses: Sendable {
  /// Where the journal is kept unless said otherwise.
  public static let defaultStateDirectory = "/var/lib/anycast-ospfd"

  private let eventLoop: any EventLoop
  private let keeper: AddressKeeper
  private let threadPool: NIOThreadPool

  /// Opens the journal in `stateDirectory`, which is made when only its last component is missing, for the network namespace of
  /// the calling thread. Reads a small file. Throws when the kernel cannot be talked to at all; a journal that cannot be read is
  /// no error here but in the result of `reconcile`, and one that cannot be written keeps no address away.
  public init(stateDirectory: String = defaultStateDirectory, on eventLoop: any EventLoop) throws(InstalledAddressError) {
    self.eventLoop = eventLoop
    keeper = try AddressKeeper(stateDirectory: stateDirectory)
    threadPool = NIOThreadPool(numberOfThreads: 1)
    threadPool.start()
  }

  deinit { threadPool.shutdownGracefully { _ in } }

  /// Takes over those addresses of an earlier run that are in `wanted`, and removes its others. To be called once, before
  /// anything else. The future fails only after `close`.
  public func reconcile(wanted: Set<InstalledAddress>) -> EventLoopFuture<Reconciliation> {
    threadPool.runIfActive(eventLoop: eventLoop) { [keeper] in keeper.reconcile(wanted: wanted) }
  }

  /// Makes the kernel have exactly these addresses of ours, and the first time takes over or removes what an earlier run has left. An
  /// address that somebody else has put there is refused, and there. The future fails only after `close`.
  public func replace(with wanted: Set<InstalledAddress>) -> EventLoopFuture<AddressReplacement> {
    threadPool.runIfActive(eventLoop: eventLoop) { [keeper] in keeper.replace(with: wanted) }
  }

  /// Adds addresses. The result has those that were not added, and why; all others are there and ours, also those that were
  /// before. The future fails only after `close`.
  public func add(_ addresses: [InstalledAddress]) -> EventLoopFuture<[InstalledAddress: InstalledAddressError]> {
    threadPool.runIfActive(eventLoop: eventLoop) { [keeper] in keeper.add(addresses) }
  }

  /// Removes addresses. The result has those that were not removed, and why; all others are gone. The future fails only after
  /// `close`.
  public func remove(_ addresses: [InstalledAddress]) -> EventLoopFuture<[InstalledAddress: InstalledAddressError]> {
    threadPool.runIfActive(eventLoop: eventLoop) { [keeper] in keeper.remove(addresses) }
  }

  /// Writes the journal where it could not be written before; why that failed again. The future fails only after `close`.
  public func storeJournal() -> EventLoopFuture<JournalFailure?> {
    threadPool.runIfActive(eventLoop: eventLoop) { [keeper] in keeper.storeJournal() }
  }

  /// Succeeds when everything that was asked for before is done. The future fails only after `close`.
  public func completed() -> EventLoopFuture<Void> { threadPool.runIfActive(eventLoop: eventLoop) {} }

  /// Finishes what was begun, then ends the thread. Leaves all addresses where they are. The future succeeds when the thread has
  /// ended.
  public func close() -> EventLoopFuture<Void> {
    let promise = eventLoop.makePromise(of: Void.self)
    // Goes through the queue, because shutting the pool down cancels what still waits in it.
    threadPool.submit { [threadPool, keeper] _ in
      keeper.releaseMark()
      threadPool.shutdownGracefully { error in
        if let error { promise.fail(error) } else { promise.succeed() }
      }
    }
    return promise.futureResult
  }
}
