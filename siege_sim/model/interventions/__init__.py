"""Dated actions: processes with a window."""
