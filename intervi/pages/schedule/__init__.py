"""``/schedule``: what one has before oneself, and arranging some more of it."""
