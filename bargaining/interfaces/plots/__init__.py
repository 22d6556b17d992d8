"""Pictures by subject; `bargaining.interfaces.plotting` names them all."""
