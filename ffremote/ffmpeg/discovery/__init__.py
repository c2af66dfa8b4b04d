"""What an installed FFmpeg can do.

Its own lists, encoders tried out, and a cache of both.
Imports `process`, `sandbox` and what lies below; only the door imports it.
"""
