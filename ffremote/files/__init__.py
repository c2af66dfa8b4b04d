"""Files of jobs and uploads on disk.

Paths by id under the data directory, atomic writes, the publication of several files and the layout
of their archive, free space, the ballast for a full disk. Imports `errors` and `spec` only; `db`,
`jobs`, `ffmpeg`, `api` and the worker import it.
"""
