"""waitress, extended: streamed bodies, files sent by the kernel, two more thread pools.

The only package that imports waitress.
Imports `access` and `ingest`; only the command line imports it.
"""
