"""What RQ runs: one module per signal, and the stages that call them."""
