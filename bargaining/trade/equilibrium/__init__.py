"""How an economy clears: prices, spending and wages, and how they move."""
