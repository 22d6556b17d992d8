"""An economy with profits and lobbies (Ossa 2014)."""
