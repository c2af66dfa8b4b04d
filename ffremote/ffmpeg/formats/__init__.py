"""What containers, encoders and filters can hold, and what that makes of a job.

Everything that is decided before the input is known ends in `decision`.
Imports `policy` and `model`; `streams` and `planning` import it.
"""
