"""Agreements with an end date and a chance of renewal."""
