"""`python -m tests.benchmarks [--events 1M|10M] [--json]`."""

import sys

from tests.benchmarks.bench import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
