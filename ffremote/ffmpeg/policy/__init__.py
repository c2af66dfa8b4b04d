"""Allow-lists of filters, options and encoder parameters, and the parsers that check against them.

The lists are the JSON files in `tables/`. Imports `spec`; all packages above it may import it.
"""
