"""The words of Gambit's game files: strings, numbers, braces and commas, with where they stand.

The scanner names the file, the line and the column of what it did not expect. Its time is linear in
the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import InputError, IntractableError

__all__ = ["DIGITS", "Scanner", "Token"]

DIGITS = 2000
"""Most digits of a whole number, and largest power of ten."""

_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<string>"(?:[^"\\]++|\\.)*+")
    | (?P<number>[+-]?(?:[0-9]++/[0-9]++|(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)
        (?=[\s{},"]|\Z))
    | (?P<mark>[{},])
    | (?P<open>")
    | (?P<word>[^\s{},"]++)
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text: its kind, how it is written, and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def value(self) -> str:
        r"""What a string says: \" stands for a quotation mark and \\ for a backslash."""
        return _ESCAPED.sub(r"\1", self.text[1:-1])


class Scanner:
    """Reads a text word by word.

    Attributes
    ----------
    ahead : Token
        The next word.
    """

    def __init__(self, text: str, where: str) -> None:
        self._text, self._where = text, where
        self._tokens = self._scan()
        self._numbers: dict[str, Fraction] = {}
        self.ahead = next(self._tokens)

    def _scan(self) -> Iterator[Token]:
        position = 0
        while True:
            found = _TOKEN.match(self._text, position)
            assert found is not None  # the pattern matches whatever comes
            kind = str(found.lastgroup)
            token = Token(kind, found[kind], found.start(kind))
            if kind == "open":
                raise self.wrong(token, "a quotation mark that ends this text", "the end")
            yield token
            position = found.end()

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.ahead
        if token.kind != "end":
            self.ahead = next(self._tokens)
        return token

    def word(self, *allowed: str) -> None:
        """Read one of some words."""
        if self.ahead.text not in allowed:
            raise self.wrong(self.ahead, " or ".join(allowed))
        self.take()

    def mark(self, mark: str) -> Token:
        """Read a brace."""
        if self.ahead.text != mark:
            raise self.wrong(self.ahead, f"{mark!r}")
        return self.take()

    def string(self, what: str) -> Token:
        """Read a text in quotation marks."""
        if self.ahead.kind != "string":
            raise self.wrong(self.ahead, f"{what} in quotation marks")
        return self.take()

    def whole(self, what: str, most: int | None = None, *, least: int = 0) -> int:
        """Read a whole number from `least` to `most`."""
        token = self.ahead
        limits = f"from {least} up" if most is None else f"from {least} to {most}"
        expected = f"{what}, a whole number {limits}"
        if not (token.kind == "number" and token.text.isdecimal()):
            raise self.wrong(token, expected)
        if len(token.text) > DIGITS:
            raise self.too_large(token, f"a number of {len(token.text):,} digits")
        value = int(token.text)
        if value < least or (most is not None and value > most):
            raise self.wrong(token, expected)
        self.take()
        return value

    def number(self, what: str) -> Fraction:
        """Read a number: whole, decimal, with a power of ten, or a fraction."""
        token = self.ahead
        if token.kind != "number":
            raise self.wrong(token, f"{what}, a number")
        value = self._numbers.get(token.text)
        if value is None:
            value = self._numbers[token.text] = self._exact(token)
        self.take()
        return value

    def _exact(self, token: Token) -> Fraction:
        mantissa, _, power = token.text.lower().partition("e")
        long = max(map(len, mantissa.split("/"))) > DIGITS
        if long or len(power) > 6 or abs(int(power or 0)) > DIGITS:
            raise self.too_large(token, f"a number of more than {DIGITS:,} digits")
        if not int(mantissa.partition("/")[2] or 1):
            raise self.wrong(token, "a denominator that is not 0")
        value = Fraction(token.text)
        try:
            vanishes = value != 0 and float(value) == 0
        except OverflowError:
            raise self.wrong(token, "a payoff that a float can hold") from None
        if vanishes:
            raise self.wrong(token, "a payoff that a float can hold")
        return value

    def end(self) -> None:
        """See that nothing is left."""
        if self.ahead.kind != "end":
            raise self.wrong(self.ahead, "the end of the file")

    def wrong(self, token: Token, expected: str, got: str | None = None) -> InputError:
        """Return the error for a word that is not what was expected."""
        if got is None:
            shown = token.text if len(token.text) <= 40 else f"{token.text[:40]}..."
            got = "the end of the file" if token.kind == "end" else repr(shown)
        return InputError(f"{self._place(token)}: expected {expected}, got {got}")

    def too_large(self, token: Token, what: str) -> IntractableError:
        """Return the error for something beyond the limits of what is read."""
        return IntractableError(f"{self._place(token)}: too large: {what}")

    def _place(self, token: Token) -> str:
        before = self._text[: token.start]
        line = before.count("\n") + 1
        return f"{self._where}, line {line}, column {token.start - before.rfind(chr(10))}"
