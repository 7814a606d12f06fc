"""Blocks of parameters, YAML with line numbers, messages, dates."""
