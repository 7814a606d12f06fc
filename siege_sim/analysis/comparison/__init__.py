"""Comparing what-ifs with a baseline over many runs, pair by pair: the same seed with and without."""
