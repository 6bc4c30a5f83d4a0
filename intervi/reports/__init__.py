"""A finished report as something to keep and to show: as a document (JSON, PDF), by a link to others, and with the owner's notes."""
