"""Live channels: what reaches an open page while something happens."""
