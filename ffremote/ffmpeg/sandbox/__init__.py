"""Confinement of every FFmpeg process that reads a file of a user.

Landlock, seccomp and resource limits, set by a launcher, and a test that they hold.
Imports `policy`, `binaries` and `model`; `process` is started through it.
"""
