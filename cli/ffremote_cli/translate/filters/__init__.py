"""Filter options of an ffmpeg command line as filter chains of a job.

`-vf`, `-af`, `-filter_complex` and options that FFmpeg turns into filters.
Imports `line` and `errors`; `sections` and `builder` import it.
"""
