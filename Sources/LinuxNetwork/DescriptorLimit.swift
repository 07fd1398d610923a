import CLinux

/// How many files and sockets this process may have open.
public enum DescriptorLimit {
  /// Raises the limit as far as it may be raised, to `wanted` at most, and says what it is.
  public static func raise(to wanted: Int) -> Int { Int(clamping: clinux_raise_descriptor_limit(UInt64(wanted))) }
}
