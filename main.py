"""Sagsflow: the commands that print, and the window."""

import multiprocessing
import sys

from engine import cli


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    if cli.prints(arguments):
        return cli.main(arguments)
    from gui import commands

    return commands.main(arguments)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
