"""Figures, measured on the real service. `make bench` runs all and writes RESULTS.md; `python -m benchmarks NAME…` some."""
