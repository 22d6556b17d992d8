"""The stage before the talks: who puts its security controls on the table, and who insists."""
