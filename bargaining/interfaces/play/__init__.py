"""The classroom game of `bargaining play`: offers are made in turn, and compared afterwards."""
