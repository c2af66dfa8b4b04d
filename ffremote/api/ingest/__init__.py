"""Request bodies on their way to a file: bodies, forms, tus, hashes.

One writer per upload; every received byte is kept.
Imports nothing else of `api`; routes and the server import it.
"""
