"""Media in storage, resumable uploads, signed links."""
