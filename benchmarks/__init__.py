"""Benchmarks: `./run bench` runs all."""
