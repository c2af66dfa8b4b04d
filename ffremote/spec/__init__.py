"""What may be asked of a job."""
