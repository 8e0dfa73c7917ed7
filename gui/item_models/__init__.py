"""Item models that fetch pages of rows from the engine."""
