"""The mechanisms of a siege, one to a file: fields are parameters, ``step`` is behaviour."""
