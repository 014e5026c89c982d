-- SPDX-License-Identifier: Apache-2.0
-- wrk … URL -- PAIRS: each line of the file is a session and a dossier that it may read.
local ready = {}
function setup(thread)
    threads = (threads or 0) + 1
    thread:set("seed", threads)
end

function init(args)
    for line in io.lines(args[1]) do
        local token, dossier = line:match("(%S+) (%S+)")
        ready[#ready + 1] = wrk.format("GET", "/api/v1/dossiers/" .. dossier, { ["Authorization"] = "Bearer " .. token })
    end
    math.randomseed(os.time() * 10 + seed)
end

function request()
    return ready[math.random(1, #ready)]
end

function done(summary, latency)
    local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(string.format('{"rate": %.1f, "p99": %.3f, "errors": %d}\n', summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000, errors))
end
