"""Parts of a file: which ones are sent first for its description, and how they are read."""
