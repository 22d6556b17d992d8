"""Commitments that are seen through noise or read in two ways."""
