-- SPDX-License-Identifier: Apache-2.0
-- wrk … URL -- KIND N TOKENS: moves, reads or lists of random applications and dossiers, each with one of the tokens.
local function uuid(i)
    return string.format("00000000-0000-0000-0000-%012x", i)
end

local requests = {
    moves = function(i) return "POST", "/api/v1/applications/" .. uuid(i) .. "/moves", '{"event":"toggle"}' end,
    read = function(i) return "GET", "/api/v1/dossiers/" .. uuid(i) end,
    list = function() return "GET", "/api/v1/applications?limit=50&call_id=" .. uuid(1) end,
}

local threads, ready = 0, {}
function setup(thread)
    threads = threads + 1
    thread:set("seed", threads)
end

function init(args)
    kind, n, headers, status = requests[args[1]], tonumber(args[2]), {}, {}
    for token in io.lines(args[3]) do
        headers[#headers + 1] = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
    end
    math.randomseed(os.time() * 10 + seed)
    -- Written before the clock starts: pgbench writes its statements in C, and it is the server that is measured.
    for i = 1, 5000 do
        local method, path, body = kind(math.random(1, n))
        ready[i] = wrk.format(method, path, headers[math.random(1, #headers)], body)
    end
end

function request()
    return ready[math.random(1, #ready)]
end

function done(summary, latency)
    local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(string.format('{"rate": %.1f, "p50": %.3f, "p99": %.3f, "errors": %d}\n', summary.requests / summary.duration * 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors))
end
