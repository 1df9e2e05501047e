"""One run, by hand or from the tests: python -m tests.simulation --seed 11 --operations 7000

Prints one JSON object: what was done, what was killed, and which rules are broken (none).
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from tests.simulation.cluster import SimulatedServer

OPTIONS = argparse.ArgumentParser(prog="python -m tests.simulation")
OPTIONS.add_argument("--seed", type=int, action="append", required=True)
OPTIONS.add_argument("--operations", type=int, default=7000)
OPTIONS.add_argument("--officers", type=int, default=6, help="processes that work at the same time")
OPTIONS.add_argument("--people", type=int, default=2500, help="identity numbers that the province shares")
OPTIONS.add_argument("--places", type=int, default=25, help="the quota of a commune in a round")
OPTIONS.add_argument("--without", default="", help="take one guard away")
OPTIONS.add_argument("--until", default="", help="stop when this rule is broken")
OPTIONS.add_argument("--calm", action="store_true", help="no kills and no crashes")


def main() -> None:
    options = OPTIONS.parse_args()
    server = SimulatedServer()
    server.start()
    os.environ.update(server.environment())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        import django

        django.setup()
        from tests.simulation.run import run

        for seed in options.seed:
            server.empty()
            result = run(
                server, seed, operations=options.operations, officers=options.officers, people=options.people,
                places=options.places, without=options.without, until=options.until, calm=options.calm,
            )  # fmt: skip
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
