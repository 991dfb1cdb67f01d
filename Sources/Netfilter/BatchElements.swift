import CNetfilter
import NetSets
import Nftables

extension Batch {
  /// What fits the attribute that lists elements, whose length is a 16-bit number.
  static let mostElementBytes = 60_000

  /// `add element`, `delete element`: as many messages as it takes.
  mutating func addElements<Element>(
    _ type: nf_tables_msg_types, _ elements: [Element], set: String, _ place: Place,
    flags: Int32 = 0, id: UInt32? = nil, _ write: (inout MessageWriter, Element) -> Void
  ) {
    var next = elements.startIndex
    while next < elements.endIndex {
      add(type, place.number, flags: flags, step: place.step) { message in
        message.put(NFTA_SET_ELEM_LIST_SET.rawValue, text: set)
        if let id { message.put(NFTA_SET_ELEM_LIST_SET_ID.rawValue, number: id) }
        message.put(NFTA_SET_ELEM_LIST_TABLE.rawValue, text: place.table)
        let list = message.openNest(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue)
        let start = message.count + Attribute.headerLength
        while next < elements.endIndex {
          let end = message.count
          write(&message, elements[next])
          // The one that is too much is the first of the next message.
          if message.count - start > Batch.mostElementBytes, end > start {
            message.truncate(to: end)
            break
          }
          next += 1
        }
        message.close(list)
      }
    }
  }
}

/// Elements as the kernel has them (linux/netfilter/nf_tables.h, `enum nft_set_elem_attributes`).
extension MessageWriter {
  /// One element, or the two ends of a range: the second is the first address after it, and is
  /// left out where there is none.
  mutating func putElement(_ element: SetElement) {
    switch element {
    case .address(let address): putElement(address)
    case .endpoint(let key):
      nest(NFTA_LIST_ELEM.rawValue) {
        $0.putKey { $0.put(NFTA_DATA_VALUE.rawValue, endpoint: key) }
      }
    case .range(let range):
      let first = IPAddress(family: range.family, bits: range.lower)
      guard range.upper < range.family.highest else {
        nest(NFTA_LIST_ELEM.rawValue) {
          $0.putKey(first)
          $0.put(NFTA_SET_ELEM_USERDATA.rawValue, UserData.openEnd)
        }
        return
      }
      putElement(first)
      nest(NFTA_LIST_ELEM.rawValue) {
        $0.put(
          NFTA_SET_ELEM_FLAGS.rawValue, number: UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue))
        $0.putKey(IPAddress(family: range.family, bits: range.upper + 1))
      }
    }
  }

  mutating func putElement(_ address: IPAddress) {
    nest(NFTA_LIST_ELEM.rawValue) { $0.putKey(address) }
  }

  mutating func putElement(_ element: VerdictElement) {
    nest(NFTA_LIST_ELEM.rawValue) {
      $0.putKey(element.address)
      $0.nest(NFTA_SET_ELEM_DATA.rawValue) { $0.put(element.verdict.code) }
      $0.put(NFTA_SET_ELEM_USERDATA.rawValue, comment: element.comment)
    }
  }

  mutating func putKey(_ value: (inout MessageWriter) -> Void) {
    nest(NFTA_SET_ELEM_KEY.rawValue, value)
  }

  private mutating func putKey(_ address: IPAddress) {
    putKey { $0.put(NFTA_DATA_VALUE.rawValue, address: address) }
  }

  /// The verdict of an element or a rule.
  mutating func put(_ verdict: VerdictCode) {
    nest(NFTA_DATA_VERDICT.rawValue) {
      $0.put(NFTA_VERDICT_CODE.rawValue, number: verdict.number)
      if let chain = verdict.chain { $0.put(NFTA_VERDICT_CHAIN.rawValue, text: chain) }
    }
  }

  /// The comment of a rule or an element, where it has one.
  mutating func put(_ type: some BinaryInteger, comment: String?) {
    put(type, userText: comment, ofType: UserData.comment)
  }
}

extension Verdict {
  /// Of an element; a map holds no other verdicts than these.
  fileprivate var code: VerdictCode {
    switch self {
    case .accept: .accept
    case .drop: .drop
    case .return: .return
    case .jump(let chain): .jump(chain)
    case .goto(let chain): .goto(chain)
    case .lookup, .rejectTCP, .rejectProhibited, .translate:
      preconditionFailure("a map gives no such verdict")
    }
  }
}
