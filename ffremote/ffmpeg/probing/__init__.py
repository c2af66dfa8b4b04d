"""What an input is: ffprobe, and what ffprobe alone does not say.

`probe` returns the `MediaInfo`; each other module reads one further property.
Imports `process`, `runtime` and what lies below; `running` imports it.
"""
