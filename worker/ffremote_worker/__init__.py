"""The worker daemon: claims jobs and runs FFmpeg on them.

A supervisor process starts one slot process per concurrent job; it imports the core, never Flask.
`main` is the entry point, and no other package imports this one.
"""
