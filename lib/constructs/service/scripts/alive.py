# Asks the app on loopback for its liveness, as the proxy would. Ends with 0 only for status 200.
#
# Usage: python3 -c <this> port path host
import http.client
import sys

port, path, host = sys.argv[1:4]
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=4)
connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
sys.exit(connection.getresponse().status != 200)
