"""Frozen values that the other packages of `ffmpeg` exchange.

What an input is, what FFmpeg can do, what a plan asks for, why a run failed.
Imports nothing of `ffmpeg`; every other package of it may import this one.
"""
