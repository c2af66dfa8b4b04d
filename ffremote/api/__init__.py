"""The HTTP API; the only package that imports Flask.

It reads requests, calls `jobs` and `ffmpeg`, and renders their results as JSON or files.
Only `ffremote.programs` and WSGI servers start it: `main.main`, `factory.create_app`.
"""
