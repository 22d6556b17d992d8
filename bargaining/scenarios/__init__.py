"""Shipped negotiations as data files, every number with its source, and their loader."""
