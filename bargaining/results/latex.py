"""Tables as LaTeX: what has a meaning there is escaped, rules are those of the package booktabs."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["escaped", "latex_table"]

MEANING = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\n": " ",
}
"""Letters that LaTeX reads as something else, or that its fonts lack."""


def escaped(text: str) -> str:
    r"""Return text as LaTeX prints it.

    Examples
    --------
    >>> print(escaped("50 % of R&D"))
    50 \% of R\&D
    """
    return "".join(MEANING.get(letter, letter) for letter in text)


def latex_table(
    title: str, columns: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool],
    *, note: str, label: str,
) -> str:  # fmt: skip
    """Return a table environment; `cells` are texts by column, numbers stand to the right."""
    signed = [
        [_signed(cell) if number else escaped(cell) for cell in column]
        for column, number in zip(cells, numeric, strict=True)
    ]
    rows = [" & ".join(row) for row in zip(*signed, strict=True)]
    lines = [r"\begin{table}", r"  \centering", rf"  \caption{{{escaped(title)}}}"]
    if label:
        lines.append(rf"  \label{{{label}}}")
    lines += [
        rf"  \begin{{tabular}}{{{''.join('r' if number else 'l' for number in numeric)}}}",
        r"    \toprule",
        rf"    {' & '.join(map(escaped, columns))} \\",
        r"    \midrule",
        *(rf"    {_guarded(row)} \\" for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
    ]
    if note:
        lines.append(rf"  \par\smallskip{{\footnotesize {escaped(note)}}}")
    return "\n".join([*lines, r"\end{table}"])


def _signed(number: str) -> str:
    """Write the sign of a number, and leave its exponent as it is."""
    return f"$-${number[1:]}" if number.startswith("-") else number


def _guarded(row: str) -> str:
    """Keep a bracket or star at the start of a row apart from the end of the row above."""
    return f"{{}}{row}" if row.lstrip().startswith(("[", "*")) else row
