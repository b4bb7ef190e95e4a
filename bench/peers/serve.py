"""`python -m bench.peers.serve NAME` serves a peer on the port of PORTOLAN_BIND as the portal is served: granian, one process."""

from __future__ import annotations

import os
import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

if __name__ == "__main__":
    host, _, port = os.environ["PORTOLAN_BIND"].rpartition(":")
    Granian(
        f"bench.peers.{sys.argv[1]}:make", factory=True, interface=Interfaces.WSGI, address=host, port=int(port), workers=1,
        blocking_threads=4, log_level=LogLevels.warning,
    ).serve()  # fmt: skip
