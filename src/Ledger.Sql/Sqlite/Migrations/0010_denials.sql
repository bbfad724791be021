-- Denials: checks that were refused, as they are kept for some days, and how many of them were only counted.

create table denials (
    at integer not null,
    id text not null,
    cost_center text not null,
    user_name text not null,
    session text,
    model text,
    request_id text,
    amount integer not null,
    reason text not null,
    -- What refused: a window, or with period 0 a pause. Null for other reasons.
    refused_by text,
    refused_user text,
    period integer,
    limit_amount integer,
    spent integer,
    held integer,
    status text,
    ends_at integer,
    retry_after integer,
    sampled integer not null,
    constraint pk_denials primary key (at, id)
) strict, without rowid;
create index ix_denials_cost_center on denials (cost_center, at);
create index ix_denials_request on denials (request_id) where request_id is not null;

create table omitted_denials (
    minute integer not null,
    process text not null,
    cost_center text not null,
    reason text not null,
    denials integer not null,
    constraint pk_omitted_denials primary key (minute, process, cost_center, reason)
) strict, without rowid;
