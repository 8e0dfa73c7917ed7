"""One file format per module, read from memory."""
