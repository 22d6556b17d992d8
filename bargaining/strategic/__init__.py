"""Where the disagreement point comes from, and `solve`, which puts both halves together."""
