"""The headline question: what changes when security controls become tradable."""
