import CaptureAnalysis
import Foundation
import OSPFWire
import PacketCapture

/// Takes the input for a capture file and reads it as `anycastctl decode` does, in every style. The first octet says whether the rest is a whole
/// file, or frames of one link layer, each behind its length in two octets, which are put into a file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCapture(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = input.first else { return 0 }
  let rest = Array(input.dropFirst())
  let layers: [UInt32] = [1, 113, 276, 101, 0, 9, 51, 104, 107, 219]
  let file = Int(kind) < layers.count ? captureFile(rest, layers[Int(kind)]) : rest
  precondition(FileManager.default.createFile(atPath: path, contents: Data(file)))
  exercise()
  return 0
}

/// In memory, and of this process alone.
let path = "/dev/shm/anycast-ospfd-fuzz-\(ProcessInfo.processInfo.processIdentifier).pcap"

/// A file in pcap's own format, in the byte order of most machines.
func captureFile(_ frames: [UInt8], _ linkLayer: UInt32) -> [UInt8] {
  var file: [UInt8] = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]
  append(linkLayer, to: &file)
  var rest = frames[...]
  var seconds: UInt32 = 0
  while rest.count >= 2 {
    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    let frame = rest.prefix(length)
    // Far enough apart that fragments are given up now and then.
    seconds += 7
    for number in [seconds, 0, UInt32(frame.count), UInt32(length)] { append(number, to: &file) }
    file += frame
    rest = rest.dropFirst(length)
  }
  return file
}

func append(_ number: UInt32, to file: inout [UInt8]) {
  for shift in [0, 8, 16, 24] { file.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
}

func exercise() {
  var printers = [PrintStyle.summary, .fields, .json].map {
    PacketPrinter(style: $0, keys: [PacketKey(secret: Secret("secret"))])
  }
  for entry in RecordingBlocks(path: path).entries { told { printers[0].append(entry, to: &$0) } }
  do throws(CaptureError) {
    let reader = try CaptureReader(path: path)
    while let record = try reader.next() {
      for position in printers.indices { told { try printers[position].append(record, to: &$0) } }
    }
  } catch {
    precondition(!error.description.isEmpty)
  }
}

/// Whatever is told is text, in lines.
func told(_ append: (inout TextBuffer) throws -> Void) {
  var text = TextBuffer()
  do {
    try append(&text)
  } catch {
    preconditionFailure("it cannot be told: \(error)")
  }
  precondition(text.octets.last == UInt8(ascii: "\n") && String(validating: text.octets, as: UTF8.self) != nil)
}
