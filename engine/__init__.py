"""The engine: everything that knows the data, and nothing of the window."""
