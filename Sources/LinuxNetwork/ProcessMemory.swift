import CLinux

/// The memory of this process.
public enum ProcessMemory {
  /// Gives what is allocated no longer back to the kernel.
  public static func releaseFree() { clinux_release_free_memory() }

  /// Gives large blocks back to the kernel from now on as soon as they are freed. Left to itself the C library does so only until the first
  /// has been freed; from then on it keeps blocks of that size, once for each thread that ever had one: a recording of 8 MiB that is
  /// written again and again, by whichever thread is free, came to 70 MB within an hour.
  public static func returnLargeBlocks() { clinux_return_large_blocks(1 << 18) }
}
