"""The commands of `ffremote`: module `NAME` has the click command of `ffremote NAME`.

A command reads its options, calls the workflow and prints. `main` loads it when it is used.
Imports every other package of the client; only `main` imports it.
"""
