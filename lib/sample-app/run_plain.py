"""The application from the standard library alone, where Flask and gunicorn can't be installed.

Usage: python3 run_plain.py <port>

Listens on loopback, behind the proxy; port 0 takes a free one and says which. SIGTERM and SIGINT let the requests in
flight end.
"""

from __future__ import annotations

import json
import os
import signal
import socketserver
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from sample_app.plain_wsgi import create_app
from sample_app.start import settings_or_exit

GRACE_SECONDS = 30.0
"""How long requests in flight may take to end."""
PATIENCE_SECONDS = 15.0
"""How long a client may pause."""


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """One thread for each connection, all of them waited for at the end."""

    daemon_threads = False
    request_queue_size = 512

    def server_bind(self) -> None:
        """Binds without asking a name server who we are, as the base class would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])
        self.setup_environ()


class Handler(WSGIRequestHandler):
    """Writes no log: the proxy writes one line for each request."""

    timeout = PATIENCE_SECONDS

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def main(port: int) -> None:
    """Serves until it is told to stop."""
    server = Server(("127.0.0.1", port), Handler)
    server.set_app(create_app(settings_or_exit(os.environ)))

    def stop(*_: object) -> None:
        # A request that hangs must not keep the process.
        limit = threading.Timer(GRACE_SECONDS, os._exit, args=(1,))
        limit.daemon = True
        limit.start()
        # shutdown() waits for serve_forever(), which runs in the thread that handles signals.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    line = {"log": "application", "level": "INFO", "message": "listening", "port": server.server_port}
    print(json.dumps(line), flush=True)
    with server:
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
