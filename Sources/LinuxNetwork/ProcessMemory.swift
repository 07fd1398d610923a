import CLinux

/// The memory of this process.
public enum ProcessMemory {
  /// Gives what is allocated no longer back to the kernel.
  public static func releaseFree() { clinux_release_free_memory() }
}
