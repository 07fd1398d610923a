import CLinux

/// The memory of this process.
public enum ProcessMemory {
  /// Has what is freed go back to the kernel rather than be kept for later. To be called before there are threads.
  public static func keepLittleFree() { clinux_keep_little_free_memory() }

  /// Gives what is allocated no longer back to the kernel.
  public static func releaseFree() { clinux_release_free_memory() }
}
