"""Server-sent events: what changes, told to all open pages from one look at the database."""
