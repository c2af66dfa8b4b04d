"""What happened: the changes of jobs that pages follow, kept for an hour."""
