"""All that runs simulations: one run, a sweep, a comparison, a calibration; processes and clusters."""
