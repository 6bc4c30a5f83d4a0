"""Intervi: practise the interview before the interview."""

__version__ = "0.1.0"
