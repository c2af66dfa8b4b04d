"""A storm over a fleet: hosts that share nothing but PostgreSQL and a bucket."""
