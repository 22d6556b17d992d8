"""Games of two players: one equilibrium, all of them, and proofs in rational numbers."""
