"""The sections of the job JSON: container, streams, times, subtitles, single pictures.

`tables` maps options of ffmpeg to keys of the job.
Imports `filters`, `command_line` and `errors`; `builder` imports it.
"""
