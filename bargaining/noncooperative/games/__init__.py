"""Finite games as values: arrays, names, files, other libraries' games, and dominance."""
