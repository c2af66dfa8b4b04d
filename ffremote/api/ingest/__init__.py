"""Bytes of requests on their way to a file: bodies, forms, tus, hashes.

One writer per upload; every byte that arrived is kept.
Imports nothing else of `api`; routes and the server import it.
"""
