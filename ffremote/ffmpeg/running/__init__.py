"""Runs the passes of a plan and verifies the result.

`transcode` runs, `verify` and `completeness` judge what came of it.
Imports every package of `ffmpeg` but `discovery`; only the door imports it.
"""
