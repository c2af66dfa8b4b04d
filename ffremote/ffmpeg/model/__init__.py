"""Frozen values that the packages of `ffmpeg` exchange: inputs, capabilities, plans, failures.

Imports no other package of `ffmpeg`; all of them may import it.
"""
