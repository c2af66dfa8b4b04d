"""Uploads that are read while they arrive: whether they can be, and their bytes."""
