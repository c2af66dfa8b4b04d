"""`python -m ffremote_cli`: the same as `ffremote`."""

from .main import main

if __name__ == "__main__":
    main()
