"""What is on the server already: jobs to retry, files to delete, workers to name."""
