"""The published contracts, one module each, over ``contract.py``, which holds what differs between them as data."""
