"""Uploads that go to a bucket in parts while they arrive, through any of several servers.

`spool` opens the file of an upload here, `inflow` is one request that writes to it, `sender` sends
what is full behind it, `hash` keeps the states of its sha256.
"""
