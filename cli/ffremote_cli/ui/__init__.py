"""The output of commands: progress bars and lines, tables, summaries.

For terminals, for logs and as JSON.
Imports `workflow` and `settings`; the commands import it.
"""
