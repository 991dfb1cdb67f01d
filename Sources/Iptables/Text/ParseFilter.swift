import NetSets

extension OwnTable {
  /// What is ours in a table.
  /// - Throws: for a rule in one of our chains that we never write.
  package init(
    _ table: SavedTable, _ name: TableName, _ family: IPFamily
  ) throws(FilterSyntaxError) {
    var chains: [Chain] = []
    var entrances: [Entrance] = []
    for saved in table.chains {
      if let hook = Hook(rawValue: saved.name), saved.isBuiltIn {
        if hook.table == name { entrances += saved.entrances(hook) }
      } else if PacketFilter.isOwnChain(saved.name) {
        var chain = Chain(name: saved.name, rules: [])
        for rule in saved.rules {
          do throws(Unreadable) {
            chain.rules.append(try Rule(parsing: rule.text, family))
          } catch {
            throw FilterSyntaxError(line: rule.line, message: "\(saved.name): \(error.message)")
          }
        }
        chains.append(chain)
      }
    }
    self.init(name, family: family, entrances: entrances, chains: chains)
  }
}

extension SavedChain {
  /// Our jumps in a built-in chain. Filters are entered first; where others' rules translate, a
  /// listing tells the place by what is around the jump, and a text to restore by its command.
  fileprivate func entrances(_ hook: Hook) -> [Entrance] {
    let text = Entrance(hook).text
    return rules.enumerated().filter { $0.element.text == text }.map { index, rule in
      let isFirst =
        switch hook.table {
        case .filter: true
        case .nat: rule.isInserted || index == 0 && rules.count > 1
        }
      return Entrance(hook, isFirst ? .first : .last)
    }
  }
}

extension PacketFilter {
  package static func isOwnChain(_ name: some StringProtocol) -> Bool {
    name.hasPrefix(chainPrefix)
  }

  /// Reads a script of ours, whether `compile` printed it or a generation keeps it.
  package init(parsingScript script: String) throws(FilterSyntaxError) {
    let documents = HereDocuments(script)
    guard let sets = documents["sets"] else {
      throw FilterSyntaxError(line: 1, message: "this is no script of netpolc for iptables")
    }
    var tables: [OwnTable] = []
    for name in TableName.allCases {
      for family in IPFamily.allCases {
        guard let document = documents[name, family] else {
          // Only what translates anything is in a script.
          if name == .nat { continue }
          throw FilterSyntaxError(line: 1, message: "the script has no rules of \(family.words)")
        }
        let table = try document.located { text throws(FilterSyntaxError) in
          let saved = try SavedTable.tables(parsing: text).first { $0.name == name.rawValue }
          return try saved.map { saved throws(FilterSyntaxError) in
            try OwnTable(saved, name, family)
          }
        }
        if let table, !table.chains.isEmpty { tables.append(table) }
      }
    }
    let read = try sets.located { text throws(FilterSyntaxError) in try SavedSets(parsing: text) }
    self.init(sets: read.sets, tables: tables)
    if let problem = problems.first { throw FilterSyntaxError(line: 1, message: problem) }
  }
}

/// The texts between `NAME() { cat <<'NETPOLC'` and `NETPOLC` of a script.
private struct HereDocuments {
  struct Document {
    let text: String
    /// The line before its first.
    let start: Int

    /// Reads it with errors at their place in the script.
    func located<Result>(
      _ read: (String) throws(FilterSyntaxError) -> Result
    ) throws(FilterSyntaxError) -> Result {
      do throws(FilterSyntaxError) {
        return try read(text)
      } catch {
        throw FilterSyntaxError(line: start + error.line, message: error.message)
      }
    }
  }

  private var documents: [Substring: Document] = [:]

  init(_ script: String) {
    var name: Substring?
    var open: (name: Substring, start: Int, lines: [Substring])?
    for (index, line) in script.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      if line == "NETPOLC", let finished = open {
        let text = finished.lines.map { $0 + "\n" }.joined()
        documents[finished.name] = Document(text: text, start: finished.start)
        open = nil
      } else if open != nil {
        open?.lines.append(line)
      } else if line.hasSuffix("() {") {
        name = line.dropLast(4)
      } else if line == "  cat <<'NETPOLC'", let function = name {
        open = (function, index + 1, [])
      }
    }
  }

  subscript(name: String) -> Document? { documents[Substring(name)] }

  subscript(table: TableName, family: IPFamily) -> Document? {
    switch table {
    case .filter: self["rules\(family.rawValue)"]
    case .nat: self["nat\(family.rawValue)"]
    }
  }
}
