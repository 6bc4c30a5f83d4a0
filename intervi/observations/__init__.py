"""What was seen and said while a candidate spoke: nudges and live figures, kept beside the recording they belong to."""
