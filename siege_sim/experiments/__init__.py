"""Experiment files, their designs, and the plan of runs that follows from both."""
