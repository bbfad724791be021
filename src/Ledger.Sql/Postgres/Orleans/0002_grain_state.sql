-- What is a grain's own and not money, for Microsoft.Orleans.Persistence.AdoNet 10: a table, and the statements that the provider runs. Ours, like the ones before.

create table orleans.grain_states (
    service_id text collate "C" not null,
    state_name text collate "C" not null,
    -- The grain's key: a text, or (not used by us) a number in two parts.
    key_text text collate "C" not null,
    key_high bigint not null,
    key_low bigint not null,
    -- A write names the version that it has read.
    version integer not null,
    -- Null: cleared. The row stays, so that an earlier writer's version does not fit again.
    payload bytea,
    changed_at timestamptz not null,
    constraint pk_grain_states primary key (service_id, state_name, key_text, key_high, key_low)
);

insert into orleans.orleansquery (querykey, querytext) values
('ReadFromStorageKey', $query$
select payload as "PayloadBinary", version as "Version"
from orleans.grain_states
where service_id = @ServiceId and state_name = @GrainTypeString and key_text = coalesce(@GrainIdExtensionString, '') and key_high = @GrainIdN0 and key_low = @GrainIdN1
$query$),

-- One row: the new version, or null when somebody else has written since the version that is named (none: when somebody else was first).
('WriteToStorageKey', $query$
with inserted as (
    insert into orleans.grain_states (service_id, state_name, key_text, key_high, key_low, version, payload, changed_at)
    select @ServiceId, @GrainTypeString, coalesce(@GrainIdExtensionString, ''), @GrainIdN0, @GrainIdN1, 1, @PayloadBinary, clock_timestamp()
    where @GrainStateVersion is null
    on conflict do nothing
    returning version
), updated as (
    update orleans.grain_states
    set version = version + 1, payload = @PayloadBinary, changed_at = clock_timestamp()
    where service_id = @ServiceId and state_name = @GrainTypeString and key_text = coalesce(@GrainIdExtensionString, '') and key_high = @GrainIdN0
      and key_low = @GrainIdN1 and version = @GrainStateVersion
    returning version
)
select coalesce((select version from inserted), (select version from updated)) as "NewGrainStateVersion"
$query$),

('ClearStorageKey', $query$
with cleared as (
    update orleans.grain_states
    set version = version + 1, payload = null, changed_at = clock_timestamp()
    where service_id = @ServiceId and state_name = @GrainTypeString and key_text = coalesce(@GrainIdExtensionString, '') and key_high = @GrainIdN0
      and key_low = @GrainIdN1 and version = @GrainStateVersion
    returning version
)
select (select version from cleared) as "NewGrainStateVersion"
$query$),

('DeleteStorageKey', $query$
with deleted as (
    delete from orleans.grain_states
    where service_id = @ServiceId and state_name = @GrainTypeString and key_text = coalesce(@GrainIdExtensionString, '') and key_high = @GrainIdN0
      and key_low = @GrainIdN1 and version = @GrainStateVersion
    returning version + 1 as version
)
select (select version from deleted) as "NewGrainStateVersion"
$query$);
