"""What a candidate's scored answers say about their levels, and the next question by it."""
