"""The city: its map, its cells and what every cell holds."""
