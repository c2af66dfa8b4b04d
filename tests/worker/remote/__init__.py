"""Workers over HTTP: ledger and depot against real and scripted servers."""
