-- Secrets that sign reservation ids, so that nobody can make one who was not granted it.

create table reservation_signing_keys (
    -- Stands in every id that the key signed.
    number integer not null,
    secret blob not null,
    -- From then on it signs, unless a later key does.
    signs_from integer not null,
    -- Until then its ids are believed; null: no later key has replaced it.
    verifies_until integer,
    constraint pk_reservation_signing_keys primary key (number),
    constraint ck_reservation_signing_keys_secret check (length(secret) = 32)
) strict;
insert into counters (name, value) values ('signing_keys', 0);
