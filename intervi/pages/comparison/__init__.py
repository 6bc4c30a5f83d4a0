"""``/history/compare``: two interviews side by side."""
