"""Domains in the formats of Genius (XML) and GeniusWeb (JSON), known to NegMAS too."""
