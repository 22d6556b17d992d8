"""What a negotiation is: players, levers, payoffs, packages. Nothing is solved here."""
