"""The registry in a database, as workers use it: `SqlLedger`, and the rescue of lost jobs.

`access` is how the worker opens it, by name, so that its own package imports no SQLAlchemy.
"""
