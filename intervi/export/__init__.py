"""Everything of a person's to take away: every row that belongs to them, and every recording, as one ZIP file."""
