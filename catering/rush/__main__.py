"""A district in a process of its own: what to play is told on standard input, and where."""

import json
import sys
import traceback

from catering.rush import Plan, main
from catering.rush.ending import FAILED


def play() -> int:
    """The exit code of it. Whatever goes wrong with the rush itself is not a rule that is broken,
    as the code would say with which Python ends otherwise."""
    told = json.load(sys.stdin)
    try:
        return main(told["server"], Plan(**told["plan"]))
    except Exception:
        traceback.print_exc()
        return FAILED


if __name__ == "__main__":
    sys.exit(play())
