import Configuration
import Testing

@Suite("Names for numbers of the DNS")
struct DNSMnemonicTests {
  @Test("Record types are known by mnemonic or number, response codes by mnemonic")
  func mnemonics() {
    #expect(DNSMnemonic.recordType("AAAA") == 28)
    #expect(DNSMnemonic.recordType("TYPE65280") == 65_280)
    #expect(DNSMnemonic.recordType("TYPE65536") == nil)
    #expect(DNSMnemonic.recordType("TYPE") == nil)
    #expect(DNSMnemonic.recordType("aaaa") == nil)
    #expect(DNSMnemonic.name(ofResponseCode: 5) == "REFUSED")
    #expect(DNSMnemonic.name(ofResponseCode: 15) == "RCODE15")
  }
}
