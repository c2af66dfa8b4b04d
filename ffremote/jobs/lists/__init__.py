"""Lists of jobs: filtered, in pages."""
