"""The explorer in the browser: a scenario whose levels, numbers and switches can be moved."""
