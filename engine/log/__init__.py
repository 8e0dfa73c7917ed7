"""The event log and the hot path over it."""
