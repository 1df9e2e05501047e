#!/usr/bin/env python
"""Runs management commands. Commands that change tables or units run as the database's owner."""

import os
import sys

AS_OWNER = {"migrate", "load_areas", "createcachetable", "dbshell"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in AS_OWNER:
        os.environ["TRAO_AS_OWNER"] = "1"
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
