-- Asks the engine before a request is passed on, and posts what it cost afterwards. HAProxy's own HTTP client (2.6 or later); no further library.
-- Environment: BUDGET_ENGINE (http://127.0.0.1:8080, an address: names need a resolver), BUDGET_KEY.
local engine = os.getenv("BUDGET_ENGINE")
local key = os.getenv("BUDGET_KEY")
-- Milliseconds: as long as the engine needs at most for its own answer (Check:Deadline, 150 ms), and the way.
local timeout = tonumber(os.getenv("BUDGET_TIMEOUT") or "250")

local function first(response, name)
  local values = response.headers and response.headers[name]
  return values and values[0]
end

-- txn.cost_center, txn.budget_user -> txn.budget_decision (allow, deny; absent: no answer), _reservation, _remaining, _code, _retry, _reset
core.register_action("budget_check", { "http-req" }, function(txn)
  local response = core.httpclient():get{
    url = engine .. "/v1/authorize",
    timeout = timeout,
    headers = {
      ["x-budget-key"] = { key },
      ["x-cost-center"] = { txn:get_var("txn.cost_center") },
      ["x-user-id"] = { txn:get_var("txn.budget_user") },
      ["x-request-id"] = { txn:get_var("txn.budget_request") },
    },
  }
  local decision = first(response, "x-budget-decision")
  -- A gateway key that is wrong is no decision about the caller.
  if decision == nil or response.status == 401 then return end
  txn:set_var("txn.budget_decision", decision)
  for variable, header in pairs({ reservation = "x-budget-reservation", remaining = "x-budget-remaining", code = "x-budget-code", message = "x-budget-message", retry = "retry-after", reset = "x-budget-reset" }) do
    local value = first(response, header)
    if value then txn:set_var("txn.budget_" .. variable, value) end
  end
end, 0)

-- Behind the answer's back. A cost that is no number is as if it were absent: then the application settles, or the hold lapses.
core.register_action("budget_settle", { "http-res" }, function(txn)
  local reservation = txn:get_var("txn.budget_reservation")
  if reservation == nil then return end
  local cost = txn.sf:res_fhdr("x-usage-cost")
  local paid
  if cost and cost:match("^%d+%.?%d*$") then
    paid = '"cost":' .. cost:gsub("%.$", "")
  elseif tonumber(txn.sf:status()) >= 400 then
    paid = '"status":"error","cost":0'
  else
    return
  end

  local record = '{"request_id":"' .. txn:get_var("txn.budget_request") .. '","reservation_id":"' .. reservation .. '",' .. paid .. '}'
  core.register_task(function()
    core.httpclient():post{ url = engine .. "/v1/usage", timeout = 5000, headers = { ["x-budget-key"] = { key }, ["content-type"] = { "application/json" } }, body = record }
  end)
end, 0)
