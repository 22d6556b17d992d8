"""Exact maximisation over packages, and convex programs that see a set only through it."""
