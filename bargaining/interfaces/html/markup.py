"""Elements of a page, their text escaped; tables, with heads that screen readers announce."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable

from bargaining.results.table import Table, cell_texts, numeric

__all__ = ["Markup", "element", "join", "linked", "prose", "table_of"]

VOID = ("br", "hr", "meta")
"""Elements without an end."""


class Markup(str):
    """HTML that goes onto a page as it is; any other text is escaped."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | None) -> Markup:
    """Return an element.

    Parameters
    ----------
    tag : str
    *children : str
        Escaped unless they are `Markup`.
    **attributes : str or None
        A trailing underscore is left out, others become hyphens; None leaves the attribute out.

    Examples
    --------
    >>> element("p", "5 < 6, ", element("b", "yes"), class_="note", aria_label=None)
    '<p class="note">5 &lt; 6, <b>yes</b></p>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = join(children)
    return Markup(f"<{tag}{given}>" + ("" if tag in VOID else f"{inner}</{tag}>"))


def join(parts: Iterable[str]) -> Markup:
    """Return parts one after the other, escaped unless they are `Markup`."""
    return Markup("".join(p if isinstance(p, Markup) else html.escape(p) for p in parts))


def linked(text: str) -> Markup:
    """Return text with its web addresses as links.

    Examples
    --------
    >>> linked("see https://example.org/a, page 2")
    'see <a href="https://example.org/a">https://example.org/a</a>, page 2'
    """
    words: list[str] = []
    for word in text.split(" "):
        start = min((k for k in (word.find("https://"), word.find("http://")) if k >= 0), default=0)
        address = word[start:].rstrip(".,;:)>")
        if not address.startswith(("https://", "http://")):
            words.append(html.escape(word))
            continue
        link = element("a", address, href=address)
        words.append(join([word[:start], link, word[start + len(address) :]]))
    return Markup(" ".join(words))


def prose(text: str) -> Markup:
    """Return words of a result: minus signs true, names in backticks as code.

    Examples
    --------
    >>> prose("loses -3, as no `cost` is given")
    'loses −3, as no <code>cost</code> is given'
    """
    signed = re.sub(r"(?<![\w.])-(?=[\d.])", "\N{MINUS SIGN}", text)
    parts = signed.split("`")
    return join(element("code", part) if k % 2 else part for k, part in enumerate(parts))


def table_of(
    table: Table, *, signed: Collection[str] = (), by: str = "", caption: str = "",
    links: bool = False, bars: bool = False,
) -> Markup:  # fmt: skip
    """Return a table; on narrow screens its rows become lists, unless all it has are numbers.

    Parameters
    ----------
    table : Table
    signed : collection of str
        Columns of numbers in which gains get a plus.
    by : str
        A column by whose values rows are put together under a heading; "" for none.
    caption : str
        In place of the table's title.
    links : bool
        Whether references such as [3] lead to the sources at the end.
    bars : bool
        Whether the last row is a sum, to be set apart.
    """
    shown = [j for j, name in enumerate(table.columns) if name != by]
    names = [table.columns[j] for j in shown]
    cells = [[row[j] for row in table.rows] for j in shown]
    kinds = ["number" if numeric(column) else "words" for column in cells]
    texts = [
        [_true_minus(text, kind) for text in cell_texts(column, name in signed)]
        for name, column, kind in zip(names, cells, kinds, strict=True)
    ]
    groups = [str(row[table.columns.index(by)]) if by else "" for row in table.rows]
    wordy = kinds.count("words") > 2
    head = [
        element("th", name, scope="col", class_=kind, role="columnheader" if wordy else None)
        for name, kind in zip(names, kinds, strict=True)
    ]
    body: list[Markup] = []
    for number, row in enumerate(zip(*texts, strict=True)):
        if groups[number] and groups[number] != (groups[number - 1] if number else ""):
            wide = element("th", groups[number], colspan=str(len(names)), scope="rowgroup",
                           role="rowheader" if wordy else None)  # fmt: skip
            body.append(element("tr", wide, class_="group", role="row" if wordy else None))
        total = bars and number == len(table.rows) - 1
        body.append(_row(row, names, kinds, wordy, links, total))
    title = caption or table.title
    drawn = element(
        "table",
        element("caption", title),
        element("thead", element("tr", *head, role="row" if wordy else None),
                role="rowgroup" if wordy else None),
        element("tbody", *body, role="rowgroup" if wordy else None),
        class_="wordy" if wordy else None,
        role="table" if wordy else None,
    )  # fmt: skip
    return element("div", drawn, class_="scroll", tabindex="0", role="region", aria_label=title)


def _row(
    texts: Iterable[str], names: list[str], kinds: list[str], wordy: bool, links: bool, total: bool
) -> Markup:
    """Return a row, whose first cell is its head; roles stay where the layout is taken away."""
    parts: list[Markup] = []
    for number, (text, name, kind) in enumerate(zip(texts, names, kinds, strict=True)):
        inner = _reference(text) if links else text
        label = name if wordy and number else None
        role = ("cell" if number else "rowheader") if wordy else None
        parts.append(
            element("td" if number else "th", inner, scope=None if number else "row", role=role,
                    class_=f"{kind} {text}" if text in ("hit", "miss") else kind, data_label=label)
        )  # fmt: skip
    return element("tr", *parts, class_="total" if total else None, role="row" if wordy else None)


def _reference(text: str) -> str:
    """Return [3] as a link to the third source."""
    number = text.strip("[]")
    if text == f"[{number}]" and number.isdigit():
        return element("a", text, href=f"#source-{number}")
    return text


def _true_minus(text: str, kind: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}") if kind == "number" else text
