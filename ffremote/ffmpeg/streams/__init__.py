"""Which streams of an input go into a result, and which are left out.

Stream maps, streams that can be decoded, covers, transparency.
Imports `formats`, `policy` and `model`; `planning` imports it.
"""
