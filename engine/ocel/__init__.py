"""Object-centric event logs (OCEL 1.0 and 2.0): events that belong to objects of several types."""
