"""``/achievements``: what was earned, what comes next, why there are points, and by which rules."""
