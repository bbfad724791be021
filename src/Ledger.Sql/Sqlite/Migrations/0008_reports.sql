-- Reports: usage by day of every cost center, all below included, by model, provider, user and tag; how far the warehouse has it.

create table usage_days (
    -- 0 all, 1 model, 2 provider, 3 user, 4 tag; the same below zero: the rest of one that has too many names.
    dimension integer not null,
    cost_center text not null,
    booked_date integer not null,
    name text not null,
    spent integer not null,
    spent_on_failures integer not null,
    requests integer not null,
    failed_requests integer not null,
    input_tokens integer not null,
    cached_input_tokens integer not null,
    cache_write_tokens integer not null,
    output_tokens integer not null,
    reasoning_tokens integer not null,
    latencies integer not null,
    latency_micros integer not null,
    -- Empty where no percentiles are kept.
    histogram text not null,
    constraint pk_usage_days primary key (dimension, cost_center, booked_date, name)
) strict, without rowid;

-- Its own place among the rows: it begins with the oldest that is kept, beside processes of the version before.
create table usage_days_cursor (
    only_row integer not null default 1,
    usage_id integer not null,
    constraint pk_usage_days_cursor primary key (only_row),
    constraint ck_usage_days_cursor check (only_row = 1)
) strict, without rowid;
insert into usage_days_cursor (usage_id) values (0);

-- The batch that is on its way to the warehouse ends at the second position; both are the same when none is.
create table warehouse_cursor (
    only_row integer not null default 1,
    batch integer not null,
    usage_id integer not null,
    next_usage_id integer not null,
    constraint pk_warehouse_cursor primary key (only_row),
    constraint ck_warehouse_cursor check (only_row = 1)
) strict, without rowid;
insert into warehouse_cursor (batch, usage_id, next_usage_id) values (0, 0, 0);
