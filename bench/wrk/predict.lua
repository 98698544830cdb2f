-- Load of `npm run bench`: wrk … -s predict.lua URL -- PLAN.lua check|measure
-- PLAN.lua returns { path, type, connections, pattern, rows = { { body, label }, … } }.
-- measure: all rows in turn; wrk counts every status itself.
-- check:   also checks every label. With one connection the answers come in the order of the requests. With more they
--          do not, so each thread sends the rows of one class only: an answer that belongs to another thread's request
--          (mixed up in a shared batch) has the wrong label.
local threads = {}

function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end

function init(args)
  local plan = dofile(args[1])
  wrong, checked = 0, 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = plan.type
  local check = args[2] == "check" and plan.pattern ~= ""
  local inOrder = plan.connections == 1
  requests, labels = {}, {}
  for _, row in ipairs(plan.rows) do
    if not check or inOrder or row[2] == id % 3 then
      table.insert(requests, wrk.format("POST", plan.path, wrk.headers, row[1]))
      table.insert(labels, row[2])
    end
  end
  -- wrk calls this once more than it sends, in the first thread, to inspect the request
  sent, answered, pattern = id == 0 and -1 or 0, 0, plan.pattern
  if check then response = look end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function look(status, _, body)
  answered = answered + 1
  if status ~= 200 then return end
  checked = checked + 1
  local label = tonumber(string.match(body, pattern))
  if label ~= labels[(answered - 1) % #labels + 1] then wrong = wrong + 1 end
end

function done(summary, latency)
  local allWrong, allChecked = 0, 0
  for _, thread in ipairs(threads) do
    allWrong = allWrong + thread:get("wrong")
    allChecked = allChecked + thread:get("checked")
  end
  local e = summary.errors
  print(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"mean":%.3f,"p50":%d,"p90":%d,"p95":%d,"p99":%d,"max":%d,' ..
      '"failed":%d,"badStatus":%d,"checked":%d,"wrong":%d}',
    summary.requests, summary.duration / 1e6, latency.mean, latency:percentile(50), latency:percentile(90),
    latency:percentile(95), latency:percentile(99), latency.max,
    e.connect + e.read + e.write + e.timeout, e.status, allChecked, allWrong))
end
