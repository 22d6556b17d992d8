"""How tempting a breach is, and how patient each side must be to forgo it."""
