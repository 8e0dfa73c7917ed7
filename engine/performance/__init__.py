"""Durations, waiting and service times, and what happens over time."""
