"""Finds out what the installed FFmpeg can do.

FFmpeg's own lists, encoders tried by encoding, and a cache of both.
Imports `process`, `sandbox` and the packages below them; only `ffremote.ffmpeg` itself imports it.
"""
