"""The parts of `ffremote ffmpeg` that imitate ffmpeg beside the translation of the options.

Lists such as -encoders, input and output files with ffmpeg's rules, and the local ffmpeg.
Imports `client` and `translate`; only `commands.media.ffmpeg` imports it.
"""
