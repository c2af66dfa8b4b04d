"""Transfers of files through a server, and the memory that they take."""
