"""What a sweep says: numbers from its tables, made without Mesa or the model."""
