"""MP4 and MOV whose index is last, sent with the index first, to be read meanwhile."""

ORDER = "index-first/1"
"""The name of the order of bytes, under which the same file gives the same bytes for ever."""
