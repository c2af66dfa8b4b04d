"""The queue, on SQLite and on PostgreSQL."""
