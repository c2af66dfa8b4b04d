"""The life of jobs and uploads: every SQL statement that changes a row.

Submission, admission, claims, rescues, retention; every statement is guarded.
Imports `db`, `files`, `host`; never `ffmpeg`, which in turn imports nothing of this package.
"""
