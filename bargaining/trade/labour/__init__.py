"""An economy with labour supply and incomplete pass-through (Ignatenko et al. 2025)."""
