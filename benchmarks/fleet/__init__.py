"""Several servers on a bucket: uploads, downloads, and the start of a job on another host."""
