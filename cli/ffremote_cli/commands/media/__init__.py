"""The commands that send media files: convert, measure, describe them."""
