"""The filter graph of a job on the command line, and how long what it makes lasts."""
