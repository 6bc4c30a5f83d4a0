"""What has been measured: staged, leased runs and their typed results. The measuring itself is in ``workers``."""
