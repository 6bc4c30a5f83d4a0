"""Experience points, levels, streaks, the weekly goal and achievements: all of it derived from one ledger."""
