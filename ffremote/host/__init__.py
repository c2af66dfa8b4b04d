"""Processes and locks of this machine.

File locks that prove whether a process still lives, and datagrams that wake processes.
Imports nothing of ffremote; every other package may import it.
"""
