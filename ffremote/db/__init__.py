"""The database: engine, transactions, models, column types, backup.

The rules of the job life cycle are not here but in `ffremote.jobs`.
Imports `files` and what lies below; `jobs`, `api` and the worker import it.
"""
