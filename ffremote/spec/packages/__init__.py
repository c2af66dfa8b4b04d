"""The sections of outputs that are many files."""
