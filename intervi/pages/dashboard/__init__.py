"""``/dashboard``: where one stands, and the next thing to do."""
