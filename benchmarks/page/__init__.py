"""The page: what open pages cost the server, and how soon it is painted."""
