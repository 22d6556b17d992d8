"""Certificates that can be recomputed, and tables that can be read."""
