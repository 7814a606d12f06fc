"""From geodata, or from a town drawn as letters, to a map file; from tables of dated events to inputs and records."""
