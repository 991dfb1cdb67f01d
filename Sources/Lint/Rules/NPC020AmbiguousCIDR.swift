import Reports

extension LintRule {
  static let ambiguousCIDR = LintRule(
    "NPC020", "ambiguous-cidr", .warning, needs: .text,
    summary:
      "A CIDR is not written as it is read: it has bits beyond its length, leading zeros, or is IPv4 in IPv6 form.",
    help: """
      `10.0.0.5/8` is not one address and not a range that starts at 10.0.0.5: it is all of
      10.0.0.0/8. Leading zeros are octal to some programs and decimal to others. Newer API servers
      refuse such spellings (KEP-4858), older ones stored them.

      Write the network, `10.0.0.0/8`, or the single address, `10.0.0.5/32`: whichever is meant.
      """
  ) { $0.readerIssues["NPC020"] ?? [] }
}
