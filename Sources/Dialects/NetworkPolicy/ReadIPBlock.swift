import Diagnostics
import Kubernetes
import Manifests
import NetSets
import PolicyModel

/// Reads an `IPBlock` as `ValidateIPBlock` allows it: every `except` strictly inside `cidr`.
func readIPBlock(_ field: Field, _ diagnostics: inout Diagnostics) -> IPBlock? {
  guard field.isObject(fields: ["cidr", "except"], &diagnostics) else { return nil }
  guard let cidrField = field["cidr"] else {
    field.error(.missingField, "an ipBlock needs cidr", &diagnostics)
    return nil
  }
  let cidr = readPrefix(cidrField, &diagnostics)
  var except: [IPPrefix] = []
  var isGood = true
  for item in field["except"]?.items(&diagnostics) ?? [] {
    guard let hole = readPrefix(item, &diagnostics) else {
      isGood = false
      continue
    }
    except.append(hole)
    guard let cidr, !cidr.strictlyContains(hole) else { continue }
    isGood = false
    let why = cidr == hole ? "is all of" : "is not inside"
    item.error(.exceptOutside, "\(hole) \(why) \(cidr), and must be a part of it", &diagnostics)
  }
  guard let cidr, isGood else { return nil }
  return IPBlock(cidr: cidr, except: except)
}

private func readPrefix(_ field: Field, _ diagnostics: inout Diagnostics) -> IPPrefix? {
  guard field.value.kind == .string, let written = WrittenPrefix(field.value.text) else {
    let text = field.value.text
    let isAddress = IPAddress(text) != nil
    let length = text.utf8.contains(UInt8(ascii: ":")) ? 128 : 32
    field.error(
      .invalidAddress, "\(field.found) is not a CIDR",
      hint: isAddress ? "write \(text)/\(length) for the single address" : nil, &diagnostics)
    return nil
  }
  // What older API servers stored stays valid in them, so it is read as they read it.
  for quirk in written.quirks {
    let why =
      switch quirk {
      case .leadingZeros: "has leading zeros, which are decimal here and octal elsewhere"
      case .hostBits: "has bits set beyond its length"
      case .mappedIPv4: "is an IPv4 address in IPv6 form"
      }
    diagnostics.warning(
      .ambiguousCIDR, "\(quoted(field.value.text)) \(why); it is read as \(written.prefix)",
      at: field.location, path: field.path, hint: "write \(written.prefix)")
  }
  return written.prefix
}
