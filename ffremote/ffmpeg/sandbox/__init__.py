"""Confines every FFmpeg process that reads an uploaded file.

Landlock, seccomp and resource limits, set by a launcher, and a test that they hold.
Imports `policy`, `binaries` and `model`; `process` starts programs through it.
"""
