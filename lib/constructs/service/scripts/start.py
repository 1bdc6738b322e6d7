# First process of every container of the app's image: checks the settings, then becomes the command.
#
# Usage: python3 -c <this> command [argument ...]
import json
import os
import sys
from urllib.parse import quote, urlunsplit

missing = [name for name in os.environ.get("REQUIRED_SETTINGS", "").split(",") if name and not os.environ.get(name)]
if missing:
    print(json.dumps({"level": "CRITICAL", "message": "required settings are missing", "settings": missing}), flush=True)
    sys.exit(78)

if os.environ.get("REDIS_HOST"):
    login = "default:" + quote(os.environ.get("REDIS_PASSWORD", ""), safe="")
    server = os.environ["REDIS_HOST"] + ":" + os.environ["REDIS_PORT"]
    os.environ["REDIS_URL"] = urlunsplit(("rediss", login + "@" + server, "/0", "", ""))

try:
    os.execvp(sys.argv[1], sys.argv[1:])
except OSError as error:
    print(json.dumps({"level": "CRITICAL", "message": "cannot start the command", "command": sys.argv[1], "error": error.strerror}), flush=True)
    sys.exit(127)
