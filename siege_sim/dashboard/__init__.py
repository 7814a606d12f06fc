"""The live page: sessions, levers, branches."""
