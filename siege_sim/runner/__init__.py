"""Whatever plays runs: one run, a sweep, a comparison, a calibration; processes and clusters."""
