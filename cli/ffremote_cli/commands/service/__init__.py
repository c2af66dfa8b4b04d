"""The commands about the server: what it can do, and its workers."""
