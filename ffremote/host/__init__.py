"""Processes and locks of this machine.

Lock files that prove a process alive or dead, PIDs with their start, datagrams that wake workers.
Imports nothing of ffremote; every other package may import it.
"""
