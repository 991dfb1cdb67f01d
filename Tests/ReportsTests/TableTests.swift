import Reports
import Testing

@Suite struct TableTests {
  @Test func `CSV quotes what would be read as more`() {
    let table = Table(
      headers: ["a", "b"],
      rows: [["plain", "with space"], ["1,2", "say \"x\""], ["two\nlines", "\r"], ["", "ü"]])
    #expect(
      table.csv == "a,b\nplain,with space\n\"1,2\",\"say \"\"x\"\"\"\n\"two\nlines\",\"\r\"\n,ü\n")
  }

  @Test func `a row of one empty field is a row`() {
    #expect(Table(headers: ["a"], rows: [[""], ["b"]]).csv == "a\n\"\"\nb\n")
  }

  @Test func `Markdown means the text, on one line a row`() {
    let table = Table(
      headers: ["from", "to"],
      rows: [["a|b", "`c` *d* _e_"], ["1\r\n2\n3\r4", "<b>&@x\u{1B}[1m"], ["\\", "[x](y)"]])
    #expect(
      table.markdown == """
        | from | to |
        | --- | --- |
        | a\\|b | \\`c\\` \\*d\\* \\_e\\_ |
        | 1<br>2<br>3<br>4 | &lt;b&gt;&amp;&#64;x\u{FFFD}\\[1m |
        | \\\\ | \\[x\\](y) |

        """)
  }
}
