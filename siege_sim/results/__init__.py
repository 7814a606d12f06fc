"""What is on disk: run folders, sweep stores, locks. Read and written without the model."""
