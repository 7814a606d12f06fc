"""What makes the archives and the documentation site; no part of the program."""
