"""Results on disk: JSON files from which every certificate is recomputed, and nothing is run."""
