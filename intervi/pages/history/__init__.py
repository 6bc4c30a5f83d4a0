"""``/history``: every interview, found again."""
