"""The registry and the files of a server that a worker reaches over HTTP, with a URL and a token.

`access` is what the worker's programs load by name. Nothing here needs a database or Flask.
"""
