-- Lists of who spent what, of the cost centers of one level in one window: many to a row, in the order of their paths. They follow the rows of usage within a second.

create table spend_lists (
    -- Segments of the paths.
    depth bigint not null,
    period bigint not null,
    window_date date not null,
    -- Cost centers from here up to the next row's; the first row of a list begins with the empty path.
    first_path text collate "C" not null,
    entries bytea not null,
    constraint pk_spend_lists primary key (depth, period, window_date, first_path)
) with (fillfactor = 50);
-- As they are: what is changed each second is not worth compressing.
alter table spend_lists alter column entries set storage external;

-- Cost centers, with all below and above them, whose lists are being made from their balances: all, or what was moved. An empty path stands for all.
create table spend_list_fills (
    under text collate "C" not null,
    -- The last cost center that is done.
    after_path text collate "C" not null,
    constraint pk_spend_list_fills primary key (under)
);
insert into spend_list_fills (under, after_path) select '', '' where exists (select 1 from balances);

-- Begins with the rows of transactions that have not ended yet, the others being in the balances. One before the oldest of them, which may be this one: a number that is not given yet would be another server's.
create table spend_lists_cursor (
    only_row boolean not null default true,
    transaction_id xid8 not null,
    tenant text collate "C" not null,
    request_id text collate "C" not null,
    constraint pk_spend_lists_cursor primary key (only_row),
    constraint ck_spend_lists_cursor check (only_row)
);
insert into spend_lists_cursor (transaction_id, tenant, request_id) values ((pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text::xid8, '', '');

-- Users of all tenants together: their rows at the tops of the trees.
create index ix_usage_days_users on usage_days (booked_date, cost_center, name, spent) where dimension = 3 and cost_center not like '%/%';

-- Last: whoever posts meanwhile waits from here on.
drop index ix_balances_months;
