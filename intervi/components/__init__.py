"""The design system: tokens, base elements, the frame of a page, and the few React components of our own."""
