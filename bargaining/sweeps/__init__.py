"""Many solves at once: draws over the ranges of a scenario, and how often a result holds."""
