"""What is on disk: run folders, sweep stores, locks, exports. Read and written without the model."""
