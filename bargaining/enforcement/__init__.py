"""Does it hold? Agreements between governments that no court enforces.

Repeated play (Friedman 1971; Abreu 1988), linkage of enforcement (Bernheim and Whinston 1990), and
truces.
"""
