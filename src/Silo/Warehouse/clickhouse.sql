CREATE DATABASE IF NOT EXISTS {database};

-- Every record as it was booked. A batch that is sent again brings the same rows: read with FINAL, each stands once.
CREATE TABLE IF NOT EXISTS {database}.usage_log (
    day Date, time DateTime, tenant String, department String, project String, cost_center String, request_id String, kind String, user String, provider String, model String,
    input_tokens UInt64, cached_input_tokens UInt64, cache_write_tokens UInt64, output_tokens UInt64, reasoning_tokens UInt64, cost_nanos Int64, requests UInt64, status String,
    error_code String, error_message String, timed UInt8, latency_micros UInt64, time_to_first_token_micros UInt64, request_path String, tags String, corrects String,
    recorded_at DateTime, batch UInt64
) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(day) ORDER BY (cost_center, time, request_id){ttl};

-- Days of departments, a row a batch, so that a batch that is sent again replaces its own.
CREATE TABLE IF NOT EXISTS {database}.department_days (
    day Date, tenant String, department String, batch UInt64, calls UInt64, tokens_in UInt64, tokens_out UInt64, spent_nanos Int64, timed_calls UInt64, latency_sum UInt64,
    latency_quantiles AggregateFunction(quantilesTDigest(0.95, 0.99), UInt64)
) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(day) ORDER BY (tenant, department, day, batch);

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.department_days_view TO {database}.department_days AS
SELECT day, tenant, department, batch, sum(requests) AS calls, sum(input_tokens) AS tokens_in, sum(output_tokens) AS tokens_out, sum(cost_nanos) AS spent_nanos,
    sum(toUInt64(timed)) AS timed_calls, sum(latency_micros) AS latency_sum, quantilesTDigestStateIf(0.95, 0.99)(latency_micros, timed) AS latency_quantiles
FROM {database}.usage_log GROUP BY day, tenant, department, batch;

-- The same of models.
CREATE TABLE IF NOT EXISTS {database}.model_days (
    day Date, tenant String, provider String, model String, batch UInt64, calls UInt64, failed_calls UInt64, tokens_in UInt64, tokens_out UInt64, spent_nanos Int64,
    spent_on_failures_nanos Int64, timed_calls UInt64, latency_sum UInt64, latency_quantiles AggregateFunction(quantilesTDigest(0.95, 0.99), UInt64)
) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(day) ORDER BY (tenant, provider, model, day, batch);

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.model_days_view TO {database}.model_days AS
SELECT day, tenant, provider, model, batch, sum(requests) AS calls, sumIf(requests, status != 'success') AS failed_calls, sum(input_tokens) AS tokens_in,
    sum(output_tokens) AS tokens_out, sum(cost_nanos) AS spent_nanos, sumIf(cost_nanos, status != 'success') AS spent_on_failures_nanos, sum(toUInt64(timed)) AS timed_calls,
    sum(latency_micros) AS latency_sum, quantilesTDigestStateIf(0.95, 0.99)(latency_micros, timed) AS latency_quantiles
FROM {database}.usage_log GROUP BY day, tenant, provider, model, batch;

-- Limits as they were at the last look: those of the highest version.
CREATE TABLE IF NOT EXISTS {database}.budgets (
    cost_center String, tenant String, department String, project String, period String, limit_nanos Int64, version UInt64
) ENGINE = ReplacingMergeTree(version) ORDER BY (cost_center, period);

-- The currency of all amounts: so many nano-units are one of it.
CREATE TABLE IF NOT EXISTS {database}.currency (code String, decimals UInt8, nanos_per_unit Int64) ENGINE = ReplacingMergeTree ORDER BY code;
