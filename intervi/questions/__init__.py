"""The question bank and the choice of the next question."""
