"""How the service is: in words and numbers, now and over the last day."""
