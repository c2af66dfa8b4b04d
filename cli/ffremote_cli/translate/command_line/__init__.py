"""The text of an ffmpeg command line, split into options and files.

`parser` assigns each option to its file; `ignored` and `unsupported` classify the options.
Imports `translate.errors` only.
"""
