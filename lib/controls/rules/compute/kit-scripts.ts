/**
 * The kit's own scripts, as tasks must carry them: code put before or after would run with the app's secrets. They are
 * written out because controls judge what is rendered; a test holds them equal to lib/constructs/service/scripts.
 */
export const kitScripts = {
  start: `import json
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
    sys.exit(127)`,
  alive: `import http.client
import sys
port, path, host = sys.argv[1:4]
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=4)
connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
sys.exit(connection.getresponse().status != 200)`,
  copyStatic: `import shutil
import sys
pairs = sys.argv[1:]
for source, target in zip(pairs[::2], pairs[1::2]):
    shutil.copytree(source, target, dirs_exist_ok=True)`,
} as const;
