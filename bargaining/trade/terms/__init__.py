"""From a trade economy to payoffs of a negotiation."""
