"""Pure array functions: numbers in, numbers out, no model. Each is tested against a textbook answer."""
