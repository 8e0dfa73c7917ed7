"""Encryption, keys and projects on disk."""
