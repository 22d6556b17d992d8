"""Which levers may be part of a package, what each regime leads to, and what linkage is worth."""
