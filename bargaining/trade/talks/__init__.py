"""Trade talks under the solutions of bargaining theory."""
