"""What a job may ask of FFmpeg: allow-lists and the grammars that check against them.

Filters, options, encoder parameters; the tables are the JSON files in `tables/`.
Imports `model`; planning and sandboxing import it.
"""
