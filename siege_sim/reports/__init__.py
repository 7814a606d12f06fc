"""Pages and texts from results."""
