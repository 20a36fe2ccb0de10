"""The container's health check: `python3 -m app.healthcheck` exits 0 when the service answers 200."""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 2


def main() -> int:
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        print(f"health check: {error!r}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
