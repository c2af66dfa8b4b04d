"""The commands about this machine's client: connection, completion, manual."""
