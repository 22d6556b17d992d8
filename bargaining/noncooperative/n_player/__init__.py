"""Games of any number of players: the logit path, small supports, Gambit."""
