"""A trade economy: data in, counterfactuals out."""
