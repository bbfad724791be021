-- Alerts: what is told, to whom, and what became of it; what is still to be looked at; who spends, for advice.

create table threshold_marks (
    cost_center text collate "C" not null,
    user_name text collate "C" not null,
    period smallint not null,
    window_date date not null,
    -- The fraction of the limit, in billionths.
    at bigint not null,
    generation integer not null,
    fired boolean not null,
    changed_at timestamptz not null,
    constraint pk_threshold_marks primary key (cost_center, user_name, period, window_date, at)
);
create index ix_threshold_marks_changed on threshold_marks (changed_at);

create table alerts (
    id text collate "C" not null,
    -- Order of insertion.
    entry bigint generated always as identity,
    type smallint not null,
    cost_center text collate "C" not null,
    user_name text collate "C" not null,
    -- 0: about no limit.
    period smallint not null,
    window_date date not null,
    created_at timestamptz not null,
    content text not null,
    constraint pk_alerts primary key (id)
);
create index ix_alerts_entry on alerts (entry);
create index ix_alerts_cost_center on alerts (cost_center, entry);
create index ix_alerts_created on alerts (created_at);

create table channels (
    name text collate "C" not null,
    type smallint not null,
    -- Empty: the whole installation.
    under text collate "C" not null,
    settings text not null,
    disabled_reason text,
    disabled_at timestamptz,
    updated_at timestamptz not null,
    updated_by text not null,
    constraint pk_channels primary key (name)
);

create table deliveries (
    alert_id text collate "C" not null,
    channel text collate "C" not null,
    -- Tells that it is over (PagerDuty).
    resolves boolean not null,
    -- 0 pending, 1 delivered, 2 failed for good, 3 dropped with its channel.
    state smallint not null,
    attempts integer not null,
    first_at timestamptz not null,
    next_at timestamptz not null,
    last_error text,
    ended_at timestamptz,
    constraint pk_deliveries primary key (alert_id, channel, resolves),
    constraint fk_deliveries_alert foreign key (alert_id) references alerts (id) on delete cascade
);
create index ix_deliveries_due on deliveries (channel, next_at) where state = 0;

create table looks (
    kind smallint not null,
    cost_center text collate "C" not null,
    user_name text collate "C" not null,
    window_date date not null,
    -- The detail, or its hash where it is long.
    detail_key text collate "C" not null,
    detail text not null,
    cause smallint not null,
    due_at timestamptz not null,
    constraint pk_looks primary key (kind, cost_center, user_name, window_date, detail_key)
);
comment on table looks is 'Cost centers and users at which the sweep is still to look for missing alerts, and from when on';
create index ix_looks_due on looks (due_at);
-- What is reached already is looked at once, and the ends of increases are put on the list.
insert into looks (kind, cost_center, user_name, window_date, detail_key, detail, cause, due_at)
select 2, cost_center, user_name, '0001-01-01', '', '', 2, 'epoch' from (select cost_center, user_name from budgets union select cost_center, user_name from increases) l;

alter table model_spend add column input_tokens bigint not null default 0;
alter table model_spend add column cached_input_tokens bigint not null default 0;
alter table model_spend add column cache_write_tokens bigint not null default 0;
alter table model_spend add column output_tokens bigint not null default 0;
alter table model_spend add column reasoning_tokens bigint not null default 0;

create table share_spend (
    cost_center text collate "C" not null,
    booked_date date not null,
    -- 1 user, 2 feature.
    kind smallint not null,
    name text collate "C" not null,
    spent bigint not null,
    constraint pk_share_spend primary key (cost_center, booked_date, kind, name)
) with (fillfactor = 70);

create table grain_states (
    grain text collate "C" not null,
    state text not null,
    etag bigint not null,
    constraint pk_grain_states primary key (grain)
);
