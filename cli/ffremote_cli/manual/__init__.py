"""The manual, generated from the commands: docs/cli.md and the man page.

`markdown_page` and `man_page` render what `pages` reads from the commands and the fixed `text`.
Imports `settings` and `exits`; `commands.setup.manual` imports the two renderers.
"""
