"""The ffremote client: HTTP only."""
