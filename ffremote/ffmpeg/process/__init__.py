"""One running FFmpeg: started, followed, stopped, reaped, and what it writes.

Progress, stalls, stderr, and the reason of a failure.
Imports `formats` and `model`; `probing`, `running` and `discovery` import it.
"""
