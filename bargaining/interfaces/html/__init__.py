"""The page that `bargaining report` writes: one HTML file that needs nothing else."""
