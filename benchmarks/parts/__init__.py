"""What several benchmarks use: jobs, turns, races, a small HTTP client, long histories."""
