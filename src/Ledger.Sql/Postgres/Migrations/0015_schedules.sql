-- Schedules: summaries of spend that are sent to channels, and when each is due.

create table schedules (
    name text collate "C" not null,
    -- Empty: the whole installation.
    cost_center text collate "C" not null,
    settings text not null,
    next_at timestamptz not null,
    last_at timestamptz,
    updated_at timestamptz not null,
    updated_by text not null,
    constraint pk_schedules primary key (name)
);
create index ix_schedules_due on schedules (next_at);
