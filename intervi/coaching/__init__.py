"""From measurements and words to scores, feedback and advice. Pure functions: no database, no clock, no chance."""
