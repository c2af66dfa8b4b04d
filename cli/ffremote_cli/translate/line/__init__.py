"""The text of an ffmpeg command line, split into options and files.

Which option belongs to which file, which are ignored, which are unsupported.
Imports `translate.errors` only.
"""
