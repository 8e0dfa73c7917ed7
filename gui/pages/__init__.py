"""Pages of the window, one per file."""
