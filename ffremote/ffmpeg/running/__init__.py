"""Runs the passes of a plan and verifies the result.

`transcode` runs FFmpeg; `verify` and `completeness` check the result.
Imports every package of `ffmpeg` but `discovery`; only the door imports it.
"""
