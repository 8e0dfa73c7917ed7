"""Positions of the process map as numbers: no drawing and no Qt."""
