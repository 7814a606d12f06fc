"""What results say: numbers from the tables of runs and sweeps, made without Mesa or the model."""
