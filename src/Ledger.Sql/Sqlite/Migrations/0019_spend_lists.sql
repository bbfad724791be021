-- Lists of who spent what, of the cost centers of one level in one window: many to a row, in the order of their paths. They follow the rows of usage within a second.

create table spend_lists (
    -- Segments of the paths.
    depth integer not null,
    period integer not null,
    window_date integer not null,
    -- Cost centers from here up to the next row's; the first row of a list begins with the empty path.
    first_path text not null,
    entries blob not null,
    constraint pk_spend_lists primary key (depth, period, window_date, first_path)
) strict;

-- Cost centers, with all below and above them, whose lists are being made from their balances: all, or what was moved. An empty path stands for all.
create table spend_list_fills (
    under text not null,
    -- The last cost center that is done.
    after_path text not null,
    constraint pk_spend_list_fills primary key (under)
) strict, without rowid;
insert into spend_list_fills (under, after_path) select '', '' where exists (select 1 from balances);

-- Begins with the rows that come from now on, the others being in the balances.
create table spend_lists_cursor (
    only_row integer not null default 1,
    usage_id integer not null,
    constraint pk_spend_lists_cursor primary key (only_row),
    constraint ck_spend_lists_cursor check (only_row = 1)
) strict, without rowid;
insert into spend_lists_cursor (usage_id) select coalesce(max(id), 0) from usage;

-- Users of all tenants together: their rows at the tops of the trees.
create index ix_usage_days_users on usage_days (booked_date, cost_center, name, spent) where dimension = 3 and cost_center not like '%/%';

drop index ix_balances_months;
