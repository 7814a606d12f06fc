"""Findings of a sweep: numbers from its tables, made without Mesa or the model."""
