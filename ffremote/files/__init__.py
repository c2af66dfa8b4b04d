"""Files of jobs and uploads on disk.

Paths by id under the data directory, atomic writes, free space, the ballast for a full disk.
Imports `errors` only; `db`, `jobs`, `api` and the worker import it.
"""
