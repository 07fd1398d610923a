import Testing

@testable import AnycastNode

@Suite("The difference of two texts, as diff -u prints it")
struct UnifiedDifferenceTests {
  private func difference(_ old: String, _ new: String) -> [String] {
    UnifiedDifference.lines(from: old.map { Substring(String($0)) }, to: new.map { Substring(String($0)) })
  }

  @Test("The same text has none")
  func same() {
    #expect(difference("abc", "abc") == [])
    #expect(difference("", "") == [])
  }

  @Test("Three lines of context, and the numbers of the first line and of all lines")
  func context() {
    #expect(
      difference("abcdefghi", "abcdXfghi")
        == ["@@ -2,7 +2,7 @@", " b", " c", " d", "-e", "+X", " f", " g", " h"])
  }

  @Test("Two changes that are near each other are one hunk, those that are far are two")
  func hunks() {
    #expect(difference("abcdefgh", "Xbcdefgh".replacing("h", with: "Y")).count { $0.hasPrefix("@@") } == 1)
    #expect(difference("abcdefghijkl", "XbcdefghijkY").filter { $0.hasPrefix("@@") } == ["@@ -1,4 +1,4 @@", "@@ -9,4 +9,4 @@"])
  }

  @Test("An empty side is named by the line before it")
  func empty() {
    #expect(difference("", "ab") == ["@@ -0,0 +1,2 @@", "+a", "+b"])
    #expect(difference("ab", "") == ["@@ -1,2 +0,0 @@", "-a", "-b"])
  }
}
