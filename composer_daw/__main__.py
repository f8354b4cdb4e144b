"""Run the command line: `python -m composer_daw`."""

from composer_daw.cli import main

main()
