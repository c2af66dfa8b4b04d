"""Runs the passes of a plan and verifies the result.

`transcode` runs FFmpeg; `verify` and `completeness` check the result; `refusals` refuse it.
Imports every package of `ffmpeg` but `discovery`; only the door imports it.
"""
