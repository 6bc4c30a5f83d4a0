"""``/sample``: a complete report that can be read without an account."""
