-- wrk: POST /api/v1/payments, each with a fresh Idempotency-Key, over the orders that the benchmark made.
-- Environment: ORDER_FILE (one order id a line), ONCE=1 uses each order once and then stops asking.
local orders = {}
for line in io.lines(os.getenv("ORDER_FILE")) do orders[#orders + 1] = line end
local once = os.getenv("ONCE") == "1"
local run_id = os.getenv("RUN_ID")
local vpa = os.getenv("VPA")
local thread_count = 0

function setup(thread)
  thread:set("id", thread_count)
  thread_count = thread_count + 1
end

function init()
  sent = 0
  headers = {
    ["Content-Type"] = "application/json",
    ["X-Api-Key"] = "key_test_abc123",
    ["X-Api-Secret"] = "secret_test_xyz789",
  }
end

function request()
  sent = sent + 1
  local order = orders[(sent - 1) % #orders + 1]
  if once and sent > #orders then
    return wrk.format("GET", "/live")
  end
  headers["Idempotency-Key"] = run_id .. "-" .. id .. "-" .. sent
  local body = '{"order_id":"' .. order .. '","method":"upi","vpa":"' .. vpa .. '"}'
  return wrk.format("POST", "/api/v1/payments", headers, body)
end

function done(summary, latency)
  io.write(string.format('{"requests":%d,"duration_us":%d,"errors":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
