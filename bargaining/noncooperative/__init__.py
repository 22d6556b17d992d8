"""What happens without agreement: games, lever games and their equilibria."""
