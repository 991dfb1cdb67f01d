import CNetfilter
import Glibc
import Host

/// Why a request had no answer.
enum RequestFailure: Error {
  /// The kernel said no.
  case refused(code: Int32)
  /// What was asked for changed while it was listed (`NLM_F_DUMP_INTR`).
  case interrupted
  /// More was said than the socket could hold.
  case lost
  /// The socket failed.
  case system(SystemFailure)
}

extension NetlinkSocket {
  /// Sends one request, and collects the messages it is answered with. What came for somebody else
  /// who stopped listening is dropped.
  ///
  /// - Parameter flags: `NLM_F_DUMP` for a list; otherwise the kernel acknowledges, which ends the
  ///   answer.
  /// - Parameter resource: what the message is about, where its header says so (`nfgenmsg.res_id`).
  func ask(
    _ type: Int, family: UInt8 = 0, flags: Int32 = 0, resource: UInt16 = 0,
    _ attributes: (inout MessageWriter) -> Void
  ) throws(RequestFailure) -> Messages {
    let sequence = nextSequence
    let kind = flags & NLM_F_DUMP == NLM_F_DUMP ? flags : flags | NLM_F_ACK
    var request = MessageWriter()
    request.begin(
      type: type, flags: kind, sequence: sequence, family: family, resource: resource)
    attributes(&request)
    request.end()
    do throws(SystemFailure) { try send(request.bytes) } catch { throw .system(error) }

    var answer = Messages()
    var end: Int32?
    var isInterrupted = false
    while end == nil {
      do throws(SystemFailure) {
        _ = try receive(waits: true) { message in
          guard message.header.nlmsg_seq == sequence else { return }
          if Int32(message.header.nlmsg_flags) & NLM_F_DUMP_INTR != 0 { isInterrupted = true }
          switch Int32(message.header.nlmsg_type) {
          case NLMSG_DONE, NLMSG_ERROR: end = message.errorCode
          default: answer.append(message.bytes)
          }
        }
      } catch {
        throw error.code == ENOBUFS ? .lost : .system(error)
      }
    }
    if isInterrupted || end == EINTR { throw .interrupted }
    if let end, end != 0 { throw .refused(code: end) }
    return answer
  }
}

extension Message {
  /// The error number of an `NLMSG_ERROR` or `NLMSG_DONE`, zero for none. Netlink has it negative.
  var errorCode: Int32 {
    guard payload.count >= 4 else { return 0 }
    return -UnsafeRawBufferPointer(rebasing: payload).loadUnaligned(as: Int32.self)
  }

  /// The words that explain an error (`NLMSGERR_ATTR_MSG`), where there are any. They follow the
  /// error and the header of the message that was refused, whose own bytes `NETLINK_CAP_ACK` leaves
  /// out.
  var errorText: String? {
    guard Int32(header.nlmsg_flags) & NLM_F_ACK_TLVS != 0 else { return nil }
    let attributes = payload.dropFirst(4 + Message.headerLength)
    return Attributes.first(NLMSGERR_ATTR_MSG.rawValue, in: attributes)?.string
  }
}
