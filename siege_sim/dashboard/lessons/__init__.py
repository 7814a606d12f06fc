"""Lessons: data that a teacher writes, checked like any other file, and what the page and paper make of them."""
