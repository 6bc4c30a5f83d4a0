"""``/settings``: who one is, how one practises, what may be kept, who has access, and the way out with everything or without."""
