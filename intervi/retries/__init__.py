"""What was answered to a request that named itself by a key: said again when it comes again, and never done twice."""
