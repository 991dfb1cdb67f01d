/// An answer to a `GET`.
package struct StatusAnswer: Sendable {
  /// RFC 9110 §15.
  package let status: Int
  package let contentType: String
  package let body: String

  package init(status: Int = 200, _ contentType: String, _ body: String) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// What is not good is answered with 503.
  package static func text(_ body: String, isGood: Bool = true) -> StatusAnswer {
    text(body, status: isGood ? 200 : 503)
  }

  package static func text(_ body: String, status: Int) -> StatusAnswer {
    StatusAnswer(status: status, "text/plain; charset=utf-8", body)
  }
}
