"""Checks packages: their lists against their files, their numbers, their lengths."""
