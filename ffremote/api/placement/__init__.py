"""Which live workers can run a job, which of them it is offered to first, and why it waits."""
