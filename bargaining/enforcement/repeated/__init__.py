"""What can be sustained when a game is repeated: equilibrium payoffs, transfers or none."""
