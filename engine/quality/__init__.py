"""Registration practice: what in a log cannot be as it is told, how often, and which results it can distort."""
