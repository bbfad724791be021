-- Denials: checks that were refused, as they are kept for some days, and how many of them were only counted.

create table denials (
    at timestamptz not null,
    id text collate "C" not null,
    cost_center text collate "C" not null,
    user_name text collate "C" not null,
    session text collate "C",
    model text collate "C",
    request_id text collate "C",
    amount bigint not null,
    reason text collate "C" not null,
    -- What refused: a window, or with period 0 a pause. Null for other reasons.
    refused_by text collate "C",
    refused_user text collate "C",
    period bigint,
    limit_amount bigint,
    spent bigint,
    held bigint,
    status text,
    ends_at timestamptz,
    retry_after bigint,
    sampled bigint not null,
    constraint pk_denials primary key (at, id)
);
create index ix_denials_cost_center on denials (cost_center, at);
create index ix_denials_request on denials (request_id) where request_id is not null;

create table omitted_denials (
    minute timestamptz not null,
    process text collate "C" not null,
    cost_center text collate "C" not null,
    reason text collate "C" not null,
    denials bigint not null,
    constraint pk_omitted_denials primary key (minute, process, cost_center, reason)
);
