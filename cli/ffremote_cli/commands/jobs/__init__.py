"""The commands about jobs that the server has: follow, list, download, cancel."""
