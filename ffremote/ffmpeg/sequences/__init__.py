"""Sequences of pictures: an uploaded archive, taken apart in the sandbox, then probed.

`archive` is the program that runs confined, `unpacking` runs it, `probe` describes its pictures.
Imports `probing` and the packages below it.
"""
