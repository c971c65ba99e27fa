"""A small terminal: bytes of a full-screen program in, the text on its screen out.

Knows what the client's interface uses (cursor movement, erasing, scrolling, the
alternate screen) and skips the rest (colours, titles, mode switches).  It never
answers the program's questions and does not measure double-width characters.
"""
import codecs
import re

# One unit of output: CSI, OSC (and other strings), two-byte escape, control, text.
# What begins a longer one is no two-byte escape: cut in two it has to wait.
TOKEN = re.compile(
    r"\x1b\[(?P<args>[0-9;:?<>=!]*)(?P<mid>[ -/]*)(?P<final>[@-~])"
    r"|\x1b[\]PX^_](?P<string>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[ -/]*(?P<escape>[0-OQ-WYZ\\`a-~])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)")


class Screen:
    """Cells of one terminal window, kept up to date by `feed`."""

    def __init__(self, rows=50, columns=140):
        self.rows, self.columns = rows, columns
        self.cells = self._blank()
        self.row = self.column = 0
        self.saved = (0, 0)
        self.top, self.bottom = 0, rows - 1
        self.pending = ""
        self.history = []                      # lines that scrolled off the top
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def _blank(self):
        return [[" "] * self.columns for _ in range(self.rows)]

    def text(self):
        """The screen as lines without trailing blanks."""
        return "\n".join("".join(line).rstrip() for line in self.cells).rstrip("\n")

    def whole_text(self):
        """What scrolled off the top, then the screen."""
        return "\n".join(self.history + [self.text()])

    def feed(self, data):
        """Takes the next bytes; an escape cut in two waits for its other half."""
        text = self.pending + self.decoder.decode(data)
        position = 0
        while position < len(text):
            found = TOKEN.match(text, position)
            if found is None:
                break
            position = found.end()
            self._token(found)
        self.pending = text[position:][-4096:]

    def _token(self, found):
        if found.group("text") is not None:
            self._write(found.group("text"))
        elif found.group("control") is not None:
            self._control(found.group("control"))
        elif found.group("final") is not None:
            self._csi(found.group("args"), found.group("final"))
        elif found.group("escape") is not None:
            self._escape(found.group("escape"))

    def _write(self, text):
        for character in text:
            if self.column >= self.columns:
                self.column = 0
                self._line_feed()
            self.cells[self.row][self.column] = character
            self.column += 1

    def _control(self, character):
        if character == "\r":
            self.column = 0
        elif character in "\n\v\f":
            self._line_feed()
        elif character == "\b":
            self.column = max(0, min(self.column, self.columns - 1) - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)

    def _escape(self, final):
        if final == "7":
            self.saved = (self.row, self.column)
        elif final == "8":
            self.row, self.column = self.saved
        elif final == "M":
            self._scroll(-1) if self.row == self.top else self._move(self.row - 1, self.column)
        elif final == "D":
            self._line_feed()
        elif final == "c":
            self.cells, self.row, self.column = self._blank(), 0, 0

    def _line_feed(self):
        if self.row == self.bottom:
            self._scroll(1)
        else:
            self._move(self.row + 1, self.column)

    def _scroll(self, lines):
        """Moves the lines of the scrolling region up (or down if negative)."""
        for _ in range(min(abs(lines), self.rows)):
            out, into = (self.top, self.bottom) if lines > 0 else (self.bottom, self.top)
            gone = self.cells.pop(out)
            self.cells.insert(into, [" "] * self.columns)
            if lines > 0 and out == 0:
                self.history.append("".join(gone).rstrip())

    def _move(self, row, column):
        self.row = max(0, min(self.rows - 1, row))
        self.column = max(0, min(self.columns - 1, column))

    def _csi(self, args, final):
        private = args[:1] in ("?", "<", ">", "=", "!")
        numbers = [int(n) if n.isdigit() else 0 for n in re.split("[;:]", args.lstrip("?<>=!"))]
        if private:
            if final in "hl" and 1049 in numbers:
                self.cells = self._blank()
            return
        first = max(1, numbers[0])
        if final in "ABCDEFGHdf":
            self._cursor(final, first, numbers)
        elif final in "JK":
            self._erase(final, numbers[0])
        elif final in "PX@LM":
            self._edit(final, first)
        elif final in "ST":
            self._scroll(first if final == "S" else -first)
        elif final == "r":
            bottom = numbers[1] if len(numbers) > 1 and numbers[1] else self.rows
            self.top, self.bottom = first - 1, min(bottom, self.rows) - 1
            self._move(0, 0)
        elif final in "su":
            if final == "s":
                self.saved = (self.row, self.column)
            else:
                self.row, self.column = self.saved

    def _cursor(self, final, count, numbers):
        row, column = self.row, min(self.column, self.columns - 1)
        if final in "Hf":
            self._move(count - 1, (max(1, numbers[1]) if len(numbers) > 1 else 1) - 1)
            return
        target = {"A": (row - count, column), "B": (row + count, column),
                  "C": (row, column + count), "D": (row, column - count),
                  "E": (row + count, 0), "F": (row - count, 0),
                  "G": (row, count - 1), "d": (count - 1, column)}[final]
        self._move(*target)

    def _erase(self, final, how):
        line, column = self.cells[self.row], min(self.column, self.columns - 1)
        begin, end = [(column, self.columns), (0, column + 1), (0, self.columns)][min(how, 2)]
        line[begin:end] = [" "] * (end - begin)
        if final == "J":
            rows = [range(self.row + 1, self.rows), range(self.row), range(self.rows)][min(how, 2)]
            for row in rows:
                self.cells[row] = [" "] * self.columns

    def _edit(self, final, count):
        if final in "LM":
            for _ in range(min(count, self.rows)):
                out, into = (self.bottom, self.row) if final == "L" else (self.row, self.bottom)
                self.cells.pop(out)
                self.cells.insert(into, [" "] * self.columns)
            return
        line, column = self.cells[self.row], min(self.column, self.columns - 1)
        count = min(count, self.columns - column)
        blanks = [" "] * count
        if final == "X":
            line[column:column + count] = blanks
        elif final == "P":
            line[column:] = line[column + count:] + blanks
        else:
            line[column:] = (blanks + line[column:])[:self.columns - column]
