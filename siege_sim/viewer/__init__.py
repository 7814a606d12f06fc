"""Frames of a run, the page that draws them, and replay files. Needs no server."""
