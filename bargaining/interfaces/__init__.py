"""What people see: the command line and pictures. Nothing is solved here."""
