"""Packages: what files FFmpeg writes, under which names, and the options for it."""
