"""Moves of one side answered by the other's, after a lag."""
