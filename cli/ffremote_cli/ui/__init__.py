"""What commands print: bars, lines, tables, summaries.

Works on a terminal, in a log and as JSON.
Imports `workflow` and `settings`; the commands import it.
"""
