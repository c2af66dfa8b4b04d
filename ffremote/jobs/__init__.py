"""The life cycle of jobs and uploads: all SQL statements on their rows.

Submission, admission, claims, rescues, retention; each change names the state that it needs.
Imports `db`, `files`, `host`, never `ffmpeg`; the API and the worker import its modules.
"""
