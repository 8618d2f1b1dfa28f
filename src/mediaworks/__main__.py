"""`python -m mediaworks` is the same as `mediaworks`."""

from mediaworks.cli.main import main

main()
