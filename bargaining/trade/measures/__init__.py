"""Quotas, purchases, port fees and export controls, as wedges of an economy."""
