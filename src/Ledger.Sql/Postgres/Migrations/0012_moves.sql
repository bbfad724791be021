-- Cost centers that are moved: the jobs, the old names that lead to new ones for a while, and what is archived.

create table cost_center_moves (
    id text collate "C" not null,
    from_path text collate "C" not null,
    to_path text collate "C" not null,
    -- Past usage stays under the old name.
    keeps_history boolean not null,
    reason text,
    -- 0 draining, 1 moved, 2 renaming rows, 3 done, 4 cancelled, 5 failed.
    state smallint not null,
    created_at timestamptz not null,
    created_by text collate "C" not null,
    rows_total bigint not null,
    rows_done bigint not null,
    version bigint not null,
    -- The process that works on it, and until when it is left alone.
    runner text,
    runner_until timestamptz,
    ended_at timestamptz,
    fault text,
    constraint pk_cost_center_moves primary key (id),
    constraint ck_cost_center_moves_state check (state between 0 and 5),
    constraint ck_cost_center_moves_ended check ((state <= 2) = (ended_at is null))
);
create index ix_cost_center_moves_open on cost_center_moves (from_path) where state <= 2;

create table cost_center_aliases (
    from_path text collate "C" not null,
    to_path text collate "C" not null,
    keeps_history boolean not null,
    -- Checks of the old name are asked under the new one: only once every node knows what was moved. Usage is booked there from the first.
    for_checks boolean not null,
    until timestamptz not null,
    constraint pk_cost_center_aliases primary key (from_path)
);

create table archived_cost_centers (
    path text collate "C" not null,
    -- Empty: it was archived by hand.
    moved_to text collate "C" not null,
    reason text,
    made_by text collate "C" not null,
    made_at timestamptz not null,
    constraint pk_archived_cost_centers primary key (path)
);
