"""Output options that stand for others: they are replaced before the translation reads them.

Imports `command_line`, `sections.tables` and `errors`; `translation` imports it.
"""
