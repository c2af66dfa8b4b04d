"""Filter options of an ffmpeg command line as filter chains of a job.

`-vf`, `-af`, `-filter_complex`, and options that FFmpeg itself implements as filters.
Imports `command_line` and `errors`; `sections` and `builder` import it.
"""
