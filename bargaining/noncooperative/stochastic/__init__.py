"""Games that move between states."""
