"""What is agreed, given a disagreement point: feasible sets, solutions, agreements."""
