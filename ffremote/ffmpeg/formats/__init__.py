"""Containers, encoders and filters: what each supports, and which options and filters follow.

`decision` holds all that is decided before the input is known. Imports `policy` and `model`; the
packages above may import any module.
"""
