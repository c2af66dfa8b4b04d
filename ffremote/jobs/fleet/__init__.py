"""Rows that several servers share: the parts of uploads on their way to a bucket, and logs."""
