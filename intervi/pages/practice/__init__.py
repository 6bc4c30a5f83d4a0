"""Practising: the set-up (``/practice``) and the room (``/practice/{interview_id}``)."""
