"""Reads what an input or a result holds: ffprobe, and properties that ffprobe does not report.

`probe` returns the `MediaInfo`, `ffprobe` runs the program, `ffprobe_output` parses its JSON; each
other module reads one further property.
Imports `process`, `runtime` and the packages below them; `running` imports it.
"""
