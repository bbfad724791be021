-- Denials also say in a sentence what refused, the model of a pause, and how many reservations held what was held.

alter table denials add column detail text;
alter table denials add column refused_model text;
alter table denials add column reservations integer;
alter table denials add column next_lapse_at integer;
