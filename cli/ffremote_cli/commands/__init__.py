"""The commands of `ffremote`, one module each, loaded when they are used."""
