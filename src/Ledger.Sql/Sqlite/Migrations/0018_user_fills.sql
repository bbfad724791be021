-- Users whose balances begin to be kept, and are being filled in from the rows that there were: some at a time, beside what is posted.

create table user_fills (
    cost_center text not null,
    -- Empty: every user of the subtree.
    user_name text not null,
    -- Rows below it are filled in; all others were counted when they came.
    before_row integer not null,
    -- The last balance that is filled in.
    after_user text not null,
    after_date integer not null,
    constraint pk_user_fills primary key (cost_center, user_name)
) strict, without rowid;
