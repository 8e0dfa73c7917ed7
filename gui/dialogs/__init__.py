"""Dialogs: each returns one frozen value or None."""
