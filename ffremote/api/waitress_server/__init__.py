"""waitress, extended: bodies that stream, files sent by the kernel, two thread pools.

The only package that imports waitress.
Imports `access` and `ingest`; only the command line imports it.
"""
