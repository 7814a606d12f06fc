"""Texts that the program writes."""
