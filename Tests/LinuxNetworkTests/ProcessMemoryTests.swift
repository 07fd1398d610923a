import Foundation
import LinuxNetwork
import Testing

@Suite("The memory of this process")
struct ProcessMemoryTests {
  @Test("A large block that is freed is the kernel's again, also after others have been freed")
  func largeBlocks() throws {
    ProcessMemory.returnLargeBlocks()
    // Another thread may get the same addresses at once, but not each time.
    let isReturned = try (0..<10).contains { _ in
      _ = try Self.middleOfFreedBlock(24 << 20)
      return try !Self.isMapped(Self.middleOfFreedBlock(20 << 20))
    }
    #expect(isReturned)
  }

  private static func middleOfFreedBlock(_ size: Int) throws -> UInt {
    let block = [UInt8](repeating: 1, count: size)
    let start = block.withUnsafeBytes { $0.baseAddress.map { UInt(bitPattern: $0) } }
    return try #require(start) + UInt(size / 2)
  }

  private static func isMapped(_ address: UInt) throws -> Bool {
    try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n").contains { line in
      let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
      return ends.count == 2 && ends[0] <= address && address < ends[1]
    }
  }
}
