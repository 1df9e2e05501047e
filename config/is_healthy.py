"""Asks the web server of this container how it is: python -m config.is_healthy ends with 0 when it answers with 200."""

import os
import sys
from http.client import HTTPConnection, HTTPException

ADDRESS = ("127.0.0.1", 8000)


def is_healthy(host: str, port: int, named: str) -> bool:
    """`named`: the host that the site is known by; a request for any other is refused."""
    try:
        connection = HTTPConnection(host, port, timeout=4)
        connection.request("GET", "/suc-khoe/", headers={"Host": named})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False


if __name__ == "__main__":
    name = os.environ.get("TRAO_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    sys.exit(not is_healthy(*ADDRESS, name))
