"""`python -m catering`."""

from catering.cli import main

main()
