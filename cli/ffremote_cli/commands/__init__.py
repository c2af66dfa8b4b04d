"""The commands of `ffremote`, each a module with its click command, in folders by what they do.

A command reads its options, calls the workflow and prints. `group` loads it when it is used.
Imports every other package of the client; only `group` imports it.
"""
