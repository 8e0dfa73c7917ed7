"""Models found in a log."""
