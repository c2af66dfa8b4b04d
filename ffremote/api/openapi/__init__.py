"""The OpenAPI document of the API.

Operations and schemas are written by hand; tests compare them with the routes.
Imports `ingest` for the version of tus; only `routes.docs` imports it.
"""
