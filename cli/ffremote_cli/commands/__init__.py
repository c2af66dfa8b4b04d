"""The commands of `ffremote`, each a module with its click command, in folders by what they do.

A command reads its options, calls the workflow and prints. `main` loads it when it is used.
Imports every other package of the client; only `main` imports it.
"""
