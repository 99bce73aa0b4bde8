-- wrk's side of the load: each request is a new order of 3 lines by a new customer.
-- Arguments: the API key, a tag that is new for each run, how many products there are, and
-- the sku that everybody's first line asks for ("-": none).

local head, tag, products, hot
local count = 0

function init(args)
  local key
  key, tag, products, hot = args[1], args[2], tonumber(args[3]), args[4]
  math.randomseed(tonumber(args[5]))
  head = "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. key ..
         "\r\nContent-Type: application/json\r\nContent-Length: "
end

local function line(sku)
  return '{"sku":"' .. sku .. '","quantity":1,"unit_price":"10.00"}'
end

-- Three different products: one of each third of the catalogue.
local function sku(third)
  return string.format("SKU%05d", math.floor((third + math.random()) * products / 3))
end

function request()
  count = count + 1
  local name = tag .. "-" .. count
  local first = hot ~= "-" and hot or sku(0)
  local body = '{"channel":"web","external_id":"' .. name .. '","currency":"GBP","customer":{"email":"' ..
    name .. '@example.com","name":"Ann Lee","phone":"+442079460000"},' ..
    '"ship_to":{"name":"Ann Lee","line1":"1 High Street","city":"Leeds","postal_code":"LS1 4DT","country":"GB"},' ..
    '"lines":[' .. line(first) .. "," .. line(sku(1)) .. "," .. line(sku(2)) .. "]," ..
    '"shipping":{"method":"standard"},"payment":{"gateway":"sandbox","token":"tok_ok"}}'
  return head .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency, requests)
  io.write(string.format(
    '{"requests":%d,"refused":%d,"lost":%d,"seconds":%f,"p50":%f,"p95":%f,"p99":%f}\n',
    summary.requests, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3))
end
