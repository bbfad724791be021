-- Reports: usage by day of every cost center, all below included, by model, provider, user and tag; how far the warehouse has it.

create table usage_days (
    -- 0 all, 1 model, 2 provider, 3 user, 4 tag; the same below zero: the rest of one that has too many names.
    dimension bigint not null,
    cost_center text collate "C" not null,
    booked_date date not null,
    name text collate "C" not null,
    spent bigint not null,
    spent_on_failures bigint not null,
    requests bigint not null,
    failed_requests bigint not null,
    input_tokens bigint not null,
    cached_input_tokens bigint not null,
    cache_write_tokens bigint not null,
    output_tokens bigint not null,
    reasoning_tokens bigint not null,
    latencies bigint not null,
    latency_micros bigint not null,
    -- Empty where no percentiles are kept.
    histogram text not null,
    constraint pk_usage_days primary key (dimension, cost_center, booked_date, name)
) with (fillfactor = 70);

-- Its own place among the rows: it begins with the oldest that is kept, beside processes of the version before.
create table usage_days_cursor (
    only_row boolean not null default true,
    transaction_id xid8 not null,
    tenant text collate "C" not null,
    request_id text collate "C" not null,
    constraint pk_usage_days_cursor primary key (only_row),
    constraint ck_usage_days_cursor check (only_row)
);
insert into usage_days_cursor (transaction_id, tenant, request_id) values ('0', '', '');

-- The batch that is on its way to the warehouse ends at the second position; both are the same when none is.
create table warehouse_cursor (
    only_row boolean not null default true,
    batch bigint not null,
    transaction_id xid8 not null,
    tenant text collate "C" not null,
    request_id text collate "C" not null,
    next_transaction_id xid8 not null,
    next_tenant text collate "C" not null,
    next_request_id text collate "C" not null,
    constraint pk_warehouse_cursor primary key (only_row),
    constraint ck_warehouse_cursor check (only_row)
);
insert into warehouse_cursor (batch, transaction_id, tenant, request_id, next_transaction_id, next_tenant, next_request_id) values (0, '0', '', '', '0', '', '');
