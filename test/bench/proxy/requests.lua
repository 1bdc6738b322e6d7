-- Requests of many clients, since limits count by client; and what was measured, as JSON.
local CLIENTS = 10000
local requests = {}
local at = 0
local pause = 0

function init(args)
  pause = tonumber(args[2])
  for client = 1, CLIENTS do
    requests[client] = wrk.format("GET", args[3], {
      ["Host"] = args[1],
      ["X-Forwarded-For"] = string.format("198.18.%d.%d", math.floor(client / 250), client % 250),
      ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
      ["Accept"] = "application/json",
      ["Cookie"] = "session=eyJfcGVybWFuZW50Ijp0cnVlfQ.ZyX-1A.k3J_8s",
    })
  end
end

-- Milliseconds before each request of a connection; spread, so that they don't all come at once.
function delay()
  return pause == 0 and 0 or math.random(0, 2 * pause)
end

function request()
  at = at % CLIENTS + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
