-- Schedules: summaries of spend that are sent to channels, and when each is due.

create table schedules (
    name text not null,
    -- Empty: the whole installation.
    cost_center text not null,
    settings text not null,
    next_at integer not null,
    last_at integer,
    updated_at integer not null,
    updated_by text not null,
    constraint pk_schedules primary key (name)
) strict, without rowid;
create index ix_schedules_due on schedules (next_at);
