"""A chokehold over time: whether to use it or keep it, while the other side builds its way out."""
