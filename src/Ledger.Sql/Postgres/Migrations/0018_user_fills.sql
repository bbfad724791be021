-- Users whose balances begin to be kept, and are being filled in from the rows that there were: some at a time, beside what is posted.

create table user_fills (
    cost_center text collate "C" not null,
    -- Empty: every user of the subtree.
    user_name text collate "C" not null,
    -- Rows below it are filled in; all others were counted when they came.
    before_row xid8 not null,
    -- The last balance that is filled in.
    after_user text collate "C" not null,
    after_date date not null,
    constraint pk_user_fills primary key (cost_center, user_name)
);
