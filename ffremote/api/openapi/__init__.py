"""The OpenAPI document of the API.

Operations and schemas are written by hand and held against the routes by tests.
Imports `ingest` for the version of tus; only `routes.docs` imports it.
"""
