"""The parts of `ffremote ffmpeg` that behave like ffmpeg beside the translation.

ffmpeg's own lists, files named on the line, the local ffmpeg.
Imports `client` and `translate`; only `commands.ffmpeg` imports it.
"""
