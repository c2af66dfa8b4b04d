"""Tables of what happened: changes of jobs, counters, samples."""
