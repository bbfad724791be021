-- The ledger: usage rows and balances, cost centers with what is set on them, small catalogs, durable holds, fences.
-- Instants are microseconds since 1970 in UTC, dates are numbers of days since 0001-01-01, ids are blobs of 16 bytes.
-- STRICT: an amount that passes 64 bits is an error, and never turns into a floating point number.

-- version: of administrative writes; process_epoch; prices, policies, keys: versions of the catalogs.
create table counters (
    name text not null,
    value integer not null,
    constraint pk_counters primary key (name)
) strict, without rowid;
insert into counters (name, value) values ('version', 0), ('process_epoch', 0), ('exclusive_epoch', 0), ('prices', 0), ('policies', 0), ('keys', 0);

create table usage (
    -- Given by the writer, ascending, and above the cursor of the roll-ups: never reused after retention.
    id integer not null,
    tenant text not null,
    request_id text not null,
    cost_center text not null,
    kind integer not null,
    user_name text not null,
    session text,
    provider text,
    model text,
    input_tokens integer,
    cached_input_tokens integer,
    cache_write_tokens integer,
    output_tokens integer,
    reasoning_tokens integer,
    input_characters integer,
    output_characters integer,
    cost integer not null,
    requests integer not null,
    status integer not null,
    final integer not null,
    corrects text,
    timestamp integer not null,
    recorded_at integer not null,
    booked_date integer not null,
    latency_micros integer,
    time_to_first_token_micros integer,
    error_code text,
    error_message text,
    request_path text,
    preview text,
    tags text,
    reason text,
    reservation_id text,
    flags integer not null,
    content_hash blob not null,
    batch_id blob not null,
    unpriced integer not null generated always as (flags & 512 <> 0) virtual,
    constraint ck_usage_kind check (kind in (0, 1, 2)),
    constraint ck_usage_cost check (kind <> 0 or cost >= 0),
    constraint ck_usage_requests check (requests >= 0),
    constraint ck_usage_corrects check ((kind = 1) = (corrects is not null)),
    constraint pk_usage primary key (id),
    constraint ck_usage_tags check (tags is null or json_valid(tags)),
    constraint ck_usage_tenant check (cost_center = tenant or substr(cost_center, 1, length(tenant) + 1) = tenant || '/')
) strict;
-- Retained rows stand outside of the callers' ids, so that no id of a caller can collide with theirs.
create unique index uq_usage_request on usage (tenant, request_id) where kind <> 2;
create unique index uq_usage_retained on usage (cost_center, booked_date) where kind = 2;
create index ix_usage_corrects on usage (tenant, corrects) where kind = 1;
create index ix_usage_cost_center on usage (cost_center, booked_date);
create index ix_usage_recorded on usage (recorded_at);
create index ix_usage_booked on usage (booked_date);
create index ix_usage_unpriced on usage (model) where unpriced;

create table balances (
    cost_center text not null,
    -- Empty: the cost center's own balance; else that of one tracked user of its subtree.
    user_name text not null,
    period integer not null,
    window_date integer not null,
    spent integer not null,
    requests integer not null,
    version integer not null,
    constraint pk_balances primary key (cost_center, user_name, period, window_date),
    constraint ck_balances_period check (period in (1, 3)),
    constraint ck_balances_requests check (requests >= 0)
) strict, without rowid;

create table tracked_users (
    cost_center text not null,
    -- Empty: every user of the subtree.
    user_name text not null,
    constraint pk_tracked_users primary key (cost_center, user_name)
) strict, without rowid;

create table cost_centers (
    path text not null,
    -- Empty: a tenant.
    parent text not null,
    constraint pk_cost_centers primary key (path)
) strict, without rowid;
create index ix_cost_centers_parent on cost_centers (parent, path);

create table node_versions (
    cost_center text not null,
    version integer not null,
    constraint pk_node_versions primary key (cost_center)
) strict, without rowid;

create table tenants (
    tenant text not null,
    zones text not null,
    deny_new_cost_centers integer not null,
    require_limit integer not null,
    max_record_cost integer not null,
    constraint pk_tenants primary key (tenant)
) strict, without rowid;

create table budgets (
    cost_center text not null,
    -- Empty: the cost center's own budget.
    user_name text not null,
    budget text not null,
    sets_inherited integer not null,
    version integer not null,
    updated_at integer not null,
    updated_by text not null,
    constraint pk_budgets primary key (cost_center, user_name)
) strict;
create index ix_budgets_inherited on budgets (cost_center) where sets_inherited;

create table increases (
    id text not null,
    cost_center text not null,
    user_name text not null,
    period integer not null,
    amount integer not null,
    until integer not null,
    reason text,
    made_by text not null,
    made_at integer not null,
    constraint pk_increases primary key (id),
    constraint ck_increases_period check (period between 1 and 4)
) strict, without rowid;
create index ix_increases_cost_center on increases (cost_center, user_name);

create table pauses (
    cost_center text not null,
    user_name text not null,
    model text not null,
    until integer,
    reason text,
    made_by text not null,
    made_at integer not null,
    constraint pk_pauses primary key (cost_center, user_name, model)
) strict, without rowid;

create table price_versions (
    entry integer not null,
    model text not null,
    effective_from integer not null,
    prices text,
    max_output_tokens integer,
    aliases text not null,
    entered_at integer not null,
    constraint pk_price_versions primary key (entry)
) strict;

create table api_keys (
    id text not null,
    name text not null,
    hash blob not null,
    scopes text not null,
    cost_center text,
    expires_at integer,
    gateway text,
    created_at integer not null,
    created_by text not null,
    revoked_at integer,
    constraint pk_api_keys primary key (id),
    constraint uq_api_keys_hash unique (hash),
    constraint ck_api_keys_hash check (length(hash) = 32)
) strict;

create table audit_entries (
    id integer not null,
    at integer not null,
    actor text not null,
    action text not null,
    cost_center text,
    before text,
    after text,
    reason text,
    constraint pk_audit_entries primary key (id)
) strict;
create index ix_audit_entries_cost_center on audit_entries (cost_center, id);

create table durable_holds (
    key blob not null,
    owner text not null,
    user_name text not null,
    model text,
    request_id text,
    content_hash blob not null,
    attempt integer not null,
    revision integer not null,
    booked_date integer not null,
    granted integer not null,
    amount_left integer not null,
    settled integer not null,
    ttl_micros integer not null,
    created_at integer not null,
    deadline integer not null,
    over_limit integer not null,
    durable integer not null,
    nodes text not null,
    epochs text not null,
    constraint pk_durable_holds primary key (key),
    constraint ck_durable_holds_left check (amount_left >= 0)
) strict;
create index ix_durable_holds_deadline on durable_holds (deadline);

create table durable_hold_nodes (
    cost_center text not null,
    key blob not null,
    constraint pk_durable_hold_nodes primary key (cost_center, key),
    constraint fk_durable_hold_nodes_hold foreign key (key) references durable_holds (key) on delete cascade
) strict, without rowid;
create index ix_durable_hold_nodes_key on durable_hold_nodes (key);

create table node_epochs (
    cost_center text not null,
    epoch integer not null,
    process text not null,
    registered_at integer not null,
    constraint pk_node_epochs primary key (cost_center)
) strict, without rowid;

create table leases (
    process text not null,
    epoch integer not null,
    renewed_at integer not null,
    constraint pk_leases primary key (process)
) strict, without rowid;

create table model_spend (
    cost_center text not null,
    booked_date integer not null,
    -- Empty: rows without a model.
    model text not null,
    spent integer not null,
    requests integer not null,
    constraint pk_model_spend primary key (cost_center, booked_date, model)
) strict, without rowid;

create table model_spend_cursor (
    only_row integer not null default 1,
    usage_id integer not null,
    constraint pk_model_spend_cursor primary key (only_row),
    constraint ck_model_spend_cursor check (only_row = 1)
) strict, without rowid;
insert into model_spend_cursor (usage_id) values (0);
