"""A watched folder: new media files are converted into another folder with the same tree.

Prints nothing. Imports `workflow` and `client`; the command `sync` imports it.
"""
