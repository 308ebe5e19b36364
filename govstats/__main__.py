"""`python -m govstats` is the command `govstats`."""

from govstats.cli import main

main()
