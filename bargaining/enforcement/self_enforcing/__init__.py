"""The best agreement that holds without a court, as package or as lottery."""
