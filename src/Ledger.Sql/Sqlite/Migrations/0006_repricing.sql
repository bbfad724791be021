-- Jobs that rate usage again, and models that an import knew and could not take.

create table reprice_jobs (
    id text not null,
    -- What is to be rated again, as JSON.
    work text not null,
    -- 0: open.
    state integer not null,
    created_at integer not null,
    created_by text not null,
    -- The last row that is done with.
    after_tenant text not null,
    after_request text not null,
    -- What was found and done so far, as JSON.
    tally text not null,
    version integer not null,
    cancel_asked integer not null,
    -- The process that works on it, and until when it is left alone.
    runner text,
    runner_until integer,
    ended_at integer,
    fault text,
    constraint pk_reprice_jobs primary key (id),
    constraint ck_reprice_jobs_state check (state between 0 and 3),
    constraint ck_reprice_jobs_ended check ((state = 0) = (ended_at is null))
) strict;
create index ix_reprice_jobs_open on reprice_jobs (created_at, id) where state = 0;

create table untaken_models (
    model text not null,
    reason text not null,
    seen_at integer not null,
    constraint pk_untaken_models primary key (model)
) strict;
