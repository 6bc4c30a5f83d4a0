"""Media whose truth is known, made when a test needs them: nothing here is measured, everything is constructed."""
