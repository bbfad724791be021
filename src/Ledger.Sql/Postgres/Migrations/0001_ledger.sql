-- The ledger: usage rows and balances, cost centers with what is set on them, small catalogs, durable holds, fences.
-- Names are compared by byte (COLLATE "C"): a subtree is a range of its paths, whatever the server's locale.

create table counters (
    name text collate "C" not null,
    value bigint not null,
    constraint pk_counters primary key (name)
);
comment on table counters is 'version: of administrative writes; process_epoch; prices, policies, keys: versions of the catalogs';
insert into counters (name, value) values ('version', 0), ('process_epoch', 0), ('exclusive_epoch', 0), ('prices', 0), ('policies', 0), ('keys', 0);

create table usage (
    tenant text collate "C" not null,
    request_id text collate "C" not null,
    cost_center text collate "C" not null,
    kind smallint not null,
    user_name text collate "C" not null,
    session text,
    provider text,
    model text,
    input_tokens bigint,
    cached_input_tokens bigint,
    cache_write_tokens bigint,
    output_tokens bigint,
    reasoning_tokens bigint,
    input_characters bigint,
    output_characters bigint,
    cost bigint not null,
    requests bigint not null,
    status smallint not null,
    final boolean not null,
    corrects text collate "C",
    timestamp timestamptz not null,
    recorded_at timestamptz not null,
    booked_date date not null,
    latency_micros bigint,
    time_to_first_token_micros bigint,
    error_code text,
    error_message text,
    request_path text,
    preview text,
    tags json,
    reason text,
    reservation_id text,
    flags integer not null,
    content_hash uuid not null,
    batch_id uuid not null,
    -- A column, so that the planner knows how rare it is.
    unpriced boolean not null generated always as (flags & 512 <> 0) stored,
    -- Orders rows for cursors: a row is passed only when every transaction up to its own has ended.
    transaction_id xid8 not null default pg_current_xact_id(),
    constraint ck_usage_kind check (kind in (0, 1, 2)),
    constraint ck_usage_cost check (kind <> 0 or cost >= 0),
    constraint ck_usage_requests check (requests >= 0),
    constraint ck_usage_corrects check ((kind = 1) = (corrects is not null)),
    constraint ck_usage_tenant check (split_part(cost_center, '/', 1) = tenant)
);
-- Retained rows stand outside of the callers' ids, so that no id of a caller can collide with theirs.
create unique index uq_usage_request on usage (tenant, request_id) where kind <> 2;
create unique index uq_usage_retained on usage (cost_center, booked_date) where kind = 2;
create index ix_usage_corrects on usage (tenant, corrects) where kind = 1;
create index ix_usage_cost_center on usage (cost_center, booked_date);
create index ix_usage_recorded on usage (recorded_at);
create index ix_usage_transaction on usage (transaction_id);
create index ix_usage_booked on usage using brin (booked_date);
create index ix_usage_unpriced on usage (model) where unpriced;

create table balances (
    cost_center text collate "C" not null,
    -- Empty: the cost center's own balance; else that of one tracked user of its subtree.
    user_name text collate "C" not null,
    period smallint not null,
    window_date date not null,
    spent bigint not null,
    requests bigint not null,
    version bigint not null,
    constraint pk_balances primary key (cost_center, user_name, period, window_date),
    constraint ck_balances_period check (period in (1, 3)),
    constraint ck_balances_month check (period <> 3 or extract(day from window_date) = 1),
    constraint ck_balances_requests check (requests >= 0)
) with (fillfactor = 70);

create table tracked_users (
    cost_center text collate "C" not null,
    -- Empty: every user of the subtree.
    user_name text collate "C" not null,
    constraint pk_tracked_users primary key (cost_center, user_name)
);

create table cost_centers (
    path text collate "C" not null,
    -- Empty: a tenant.
    parent text collate "C" not null,
    constraint pk_cost_centers primary key (path)
);
create index ix_cost_centers_parent on cost_centers (parent, path);

create table node_versions (
    cost_center text collate "C" not null,
    version bigint not null,
    constraint pk_node_versions primary key (cost_center)
);

create table tenants (
    tenant text collate "C" not null,
    zones text not null,
    deny_new_cost_centers boolean not null,
    require_limit boolean not null,
    max_record_cost bigint not null,
    constraint pk_tenants primary key (tenant)
);

create table budgets (
    cost_center text collate "C" not null,
    -- Empty: the cost center's own budget.
    user_name text collate "C" not null,
    budget text not null,
    sets_inherited boolean not null,
    version bigint not null,
    updated_at timestamptz not null,
    updated_by text not null,
    constraint pk_budgets primary key (cost_center, user_name)
);
create index ix_budgets_inherited on budgets (cost_center) where sets_inherited;

create table increases (
    id text collate "C" not null,
    cost_center text collate "C" not null,
    user_name text collate "C" not null,
    period smallint not null,
    amount bigint not null,
    until timestamptz not null,
    reason text,
    made_by text not null,
    made_at timestamptz not null,
    constraint pk_increases primary key (id),
    constraint ck_increases_period check (period between 1 and 4)
);
create index ix_increases_cost_center on increases (cost_center, user_name);

create table pauses (
    cost_center text collate "C" not null,
    user_name text collate "C" not null,
    model text collate "C" not null,
    until timestamptz,
    reason text,
    made_by text not null,
    made_at timestamptz not null,
    constraint pk_pauses primary key (cost_center, user_name, model)
);

create table price_versions (
    entry bigint not null,
    model text collate "C" not null,
    effective_from timestamptz not null,
    prices text,
    max_output_tokens bigint,
    aliases text not null,
    entered_at timestamptz not null,
    constraint pk_price_versions primary key (entry)
);

create table api_keys (
    id text collate "C" not null,
    name text not null,
    hash bytea not null,
    scopes text not null,
    cost_center text collate "C",
    expires_at timestamptz,
    gateway text,
    created_at timestamptz not null,
    created_by text not null,
    revoked_at timestamptz,
    constraint pk_api_keys primary key (id),
    constraint uq_api_keys_hash unique (hash),
    constraint ck_api_keys_hash check (length(hash) = 32)
);

create table audit_entries (
    id bigint generated always as identity,
    at timestamptz not null,
    actor text not null,
    action text not null,
    cost_center text collate "C",
    before text,
    after text,
    reason text,
    constraint pk_audit_entries primary key (id)
);
create index ix_audit_entries_cost_center on audit_entries (cost_center, id);

create table durable_holds (
    key uuid not null,
    owner text collate "C" not null,
    user_name text not null,
    model text,
    request_id text,
    content_hash uuid not null,
    attempt bigint not null,
    revision bigint not null,
    booked_date date not null,
    granted bigint not null,
    amount_left bigint not null,
    settled bigint not null,
    ttl_micros bigint not null,
    created_at timestamptz not null,
    deadline timestamptz not null,
    over_limit boolean not null,
    durable boolean not null,
    nodes text not null,
    epochs text not null,
    constraint pk_durable_holds primary key (key),
    constraint ck_durable_holds_left check (amount_left >= 0)
);
create index ix_durable_holds_deadline on durable_holds (deadline);

create table durable_hold_nodes (
    cost_center text collate "C" not null,
    key uuid not null,
    constraint pk_durable_hold_nodes primary key (cost_center, key),
    constraint fk_durable_hold_nodes_hold foreign key (key) references durable_holds (key) on delete cascade
);
create index ix_durable_hold_nodes_key on durable_hold_nodes (key);

create table node_epochs (
    cost_center text collate "C" not null,
    epoch bigint not null,
    process text not null,
    registered_at timestamptz not null,
    constraint pk_node_epochs primary key (cost_center)
);

create table leases (
    process text collate "C" not null,
    epoch bigint not null,
    renewed_at timestamptz not null,
    constraint pk_leases primary key (process)
);

create table model_spend (
    cost_center text collate "C" not null,
    booked_date date not null,
    -- Empty: rows without a model.
    model text collate "C" not null,
    spent bigint not null,
    requests bigint not null,
    constraint pk_model_spend primary key (cost_center, booked_date, model)
) with (fillfactor = 70);

create table model_spend_cursor (
    only_row boolean not null default true,
    transaction_id xid8 not null,
    tenant text collate "C" not null,
    request_id text collate "C" not null,
    constraint pk_model_spend_cursor primary key (only_row),
    constraint ck_model_spend_cursor check (only_row)
);
insert into model_spend_cursor (transaction_id, tenant, request_id) values ('0', '', '');
