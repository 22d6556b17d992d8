"""The lever game where levers are intervals."""
