"""One section of the job JSON each: container, streams, times, subtitles.

`tables` maps options of ffmpeg to keys of the job.
Imports `filters`, `line` and `errors`; `builder` imports it.
"""
