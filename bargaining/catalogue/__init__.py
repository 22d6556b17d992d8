"""Solved games as data files that can be cited, and their loader."""
