"""Measured claims: `./run bench` runs all."""
