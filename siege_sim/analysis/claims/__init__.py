"""Claims about runs: sentences with a check that runs pass or fail."""
