"""The design system, and the few React components of our own."""
