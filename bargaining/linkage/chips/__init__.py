"""Levers moved before the talks, to be traded back."""
