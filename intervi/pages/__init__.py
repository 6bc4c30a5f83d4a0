"""The pages, one module or package each, its state beside it."""
