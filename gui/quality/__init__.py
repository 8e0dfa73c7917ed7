"""The parts of the data quality page: one finding in full, where it is, and what the data can answer."""
