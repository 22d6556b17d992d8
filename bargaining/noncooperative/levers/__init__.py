"""The lever game: each player sets its own levers, and packages are never listed."""
