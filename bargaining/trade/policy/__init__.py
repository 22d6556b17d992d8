"""Tariffs as choices: optimal tariffs, best responses and tariff wars."""
