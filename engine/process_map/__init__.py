"""What the process map shows: which steps and paths, and which numbers stand on them."""
