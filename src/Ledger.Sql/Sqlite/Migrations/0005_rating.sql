-- Rating: what a row counts besides plain tokens and the price that it was rated by, as JSON; whether a price comes from a file.
alter table usage add column details text;
alter table usage add column priced_as text;

-- Of older versions nobody knows: as from a file, so that an absurd one is not the dearest of the book.
alter table price_versions add column imported integer not null default 1;
