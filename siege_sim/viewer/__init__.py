"""Frames of a run, the page that draws them, and files to hand out. Needs no server."""
