-- Alerts: what is told, to whom, and what became of it; what is still to be looked at; who spends, for advice.

create table threshold_marks (
    cost_center text not null,
    user_name text not null,
    period integer not null,
    window_date integer not null,
    -- The fraction of the limit, in billionths.
    at integer not null,
    generation integer not null,
    fired integer not null,
    changed_at integer not null,
    constraint pk_threshold_marks primary key (cost_center, user_name, period, window_date, at)
) strict, without rowid;
create index ix_threshold_marks_changed on threshold_marks (changed_at);

create table alerts (
    -- Order of insertion.
    entry integer not null,
    id text not null,
    type integer not null,
    cost_center text not null,
    user_name text not null,
    -- 0: about no limit.
    period integer not null,
    window_date integer not null,
    created_at integer not null,
    content text not null,
    constraint pk_alerts primary key (entry),
    constraint uq_alerts_id unique (id)
) strict;
create index ix_alerts_cost_center on alerts (cost_center, entry);
create index ix_alerts_created on alerts (created_at);

create table channels (
    name text not null,
    type integer not null,
    -- Empty: the whole installation.
    under text not null,
    settings text not null,
    disabled_reason text,
    disabled_at integer,
    updated_at integer not null,
    updated_by text not null,
    constraint pk_channels primary key (name)
) strict, without rowid;

create table deliveries (
    alert_id text not null,
    channel text not null,
    -- Tells that it is over (PagerDuty).
    resolves integer not null,
    -- 0 pending, 1 delivered, 2 failed for good, 3 dropped with its channel.
    state integer not null,
    attempts integer not null,
    first_at integer not null,
    next_at integer not null,
    last_error text,
    ended_at integer,
    constraint pk_deliveries primary key (alert_id, channel, resolves),
    constraint fk_deliveries_alert foreign key (alert_id) references alerts (id) on delete cascade
) strict, without rowid;
create index ix_deliveries_due on deliveries (channel, next_at) where state = 0;

create table looks (
    kind integer not null,
    cost_center text not null,
    user_name text not null,
    window_date integer not null,
    -- The detail, or its hash where it is long.
    detail_key text not null,
    detail text not null,
    cause integer not null,
    due_at integer not null,
    constraint pk_looks primary key (kind, cost_center, user_name, window_date, detail_key)
) strict, without rowid;
create index ix_looks_due on looks (due_at);
-- What is reached already is looked at once, and the ends of increases are put on the list.
insert into looks (kind, cost_center, user_name, window_date, detail_key, detail, cause, due_at)
select 2, cost_center, user_name, 0, '', '', 2, 0 from (select cost_center, user_name from budgets union select cost_center, user_name from increases) l;

alter table model_spend add column input_tokens integer not null default 0;
alter table model_spend add column cached_input_tokens integer not null default 0;
alter table model_spend add column cache_write_tokens integer not null default 0;
alter table model_spend add column output_tokens integer not null default 0;
alter table model_spend add column reasoning_tokens integer not null default 0;

create table share_spend (
    cost_center text not null,
    booked_date integer not null,
    -- 1 user, 2 feature.
    kind integer not null,
    name text not null,
    spent integer not null,
    constraint pk_share_spend primary key (cost_center, booked_date, kind, name)
) strict, without rowid;

create table grain_states (
    grain text not null,
    state text not null,
    etag integer not null,
    constraint pk_grain_states primary key (grain)
) strict, without rowid;
