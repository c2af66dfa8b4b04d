"""Selects the streams of an input that go into a result, and warns of those left out.

Stream maps, decodable streams, cover pictures, transparency.
Imports `formats`, `policy` and `model`; `planning` imports it.
"""
