"""The HTTP API: the only room that knows Flask."""
