"""The database: engine, transactions, models, column types, backup.

No rule of the job life is here; it is in `ffremote.jobs`.
Imports `files` and what lies below; `jobs`, `api` and the worker import it.
"""
