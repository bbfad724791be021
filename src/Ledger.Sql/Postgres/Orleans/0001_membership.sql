-- Membership of the cluster, for Microsoft.Orleans.Clustering.AdoNet 10: tables, and the statements that the provider reads from OrleansQuery and runs.
-- Ours: written against the provider's contract, which is the names of statements, of their parameters and of the columns that they answer.

create schema orleans;

-- The one table that the providers name themselves; they find it by the search path of their connections.
create table orleans.orleansquery (
    querykey text collate "C" not null,
    querytext text not null,
    constraint pk_orleansquery primary key (querykey)
);

create table orleans.clusters (
    cluster_id text collate "C" not null,
    -- Raised by every change of membership. A change names the version that it has seen: of two that saw the same, one is refused.
    version integer not null default 0,
    changed_at timestamptz not null default now(),
    constraint pk_clusters primary key (cluster_id),
    constraint ck_clusters_version check (version >= 0)
);

create table orleans.silos (
    cluster_id text collate "C" not null,
    address text collate "C" not null,
    port integer not null,
    generation integer not null,
    silo_name text not null,
    host_name text not null,
    -- 1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead
    status integer not null,
    -- 0: clients cannot connect to it.
    gateway_port integer not null,
    -- Who suspects it since when: <silo>,<time>|...
    suspect_times text,
    started_at timestamptz not null,
    alive_at timestamptz not null,
    constraint pk_silos primary key (cluster_id, address, port, generation),
    constraint fk_silos_cluster foreign key (cluster_id) references orleans.clusters (cluster_id),
    constraint ck_silos_status check (status between 1 and 6)
);
comment on table orleans.silos is 'one row per start of a silo; rows of dead ones go after a week';

insert into orleans.orleansquery (querykey, querytext) values
('InsertMembershipVersionKey', $query$
with created as (
    insert into orleans.clusters (cluster_id) values (@DeploymentId) on conflict do nothing returning 1
)
select exists (select 1 from created)
$query$),

-- The version is raised first: a concurrent change waits there, then finds another version than it named and changes nothing.
-- The silo is inserted only if the version was raised; a silo that is there already does not raise it.
('InsertMembershipKey', $query$
with raised as (
    update orleans.clusters c
    set version = c.version + 1, changed_at = clock_timestamp()
    where c.cluster_id = @DeploymentId and c.version = @Version
      and not exists (
        select 1 from orleans.silos s
        where s.cluster_id = @DeploymentId and s.address = @Address and s.port = @Port and s.generation = @Generation)
    returning c.cluster_id
), inserted as (
    insert into orleans.silos (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
    select r.cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    from raised r
    returning 1
)
select exists (select 1 from inserted)
$query$),

('UpdateMembershipKey', $query$
with raised as (
    update orleans.clusters c
    set version = c.version + 1, changed_at = clock_timestamp()
    where c.cluster_id = @DeploymentId and c.version = @Version
      and exists (
        select 1 from orleans.silos s
        where s.cluster_id = @DeploymentId and s.address = @Address and s.port = @Port and s.generation = @Generation)
    returning c.cluster_id
), updated as (
    update orleans.silos s
    set status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
    from raised r
    where s.cluster_id = r.cluster_id and s.address = @Address and s.port = @Port and s.generation = @Generation
    returning 1
)
select exists (select 1 from updated)
$query$),

-- A sign of life is no change of membership.
('UpdateIAmAlivetimeKey', $query$
update orleans.silos
set alive_at = @IAmAliveTime
where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$query$),

-- Version and silos of one snapshot; a row with nulls where there is no silo.
('MembershipReadAllKey', $query$
select c.version as "Version", s.address as "Address", s.port as "Port", s.generation as "Generation", s.silo_name as "SiloName", s.host_name as "HostName",
    s.status as "Status", s.gateway_port as "ProxyPort", s.suspect_times as "SuspectTimes", s.started_at as "StartTime", s.alive_at as "IAmAliveTime"
from orleans.clusters c
left join orleans.silos s on s.cluster_id = c.cluster_id
where c.cluster_id = @DeploymentId
$query$),

('MembershipReadRowKey', $query$
select c.version as "Version", s.address as "Address", s.port as "Port", s.generation as "Generation", s.silo_name as "SiloName", s.host_name as "HostName",
    s.status as "Status", s.gateway_port as "ProxyPort", s.suspect_times as "SuspectTimes", s.started_at as "StartTime", s.alive_at as "IAmAliveTime"
from orleans.clusters c
left join orleans.silos s on s.cluster_id = c.cluster_id and s.address = @Address and s.port = @Port and s.generation = @Generation
where c.cluster_id = @DeploymentId
$query$),

('GatewaysQueryKey', $query$
select address as "Address", gateway_port as "ProxyPort", generation as "Generation"
from orleans.silos
where cluster_id = @DeploymentId and status = @Status and gateway_port > 0
$query$),

('CleanupDefunctSiloEntriesKey', $query$
delete from orleans.silos
where cluster_id = @DeploymentId and status = 6 and greatest(started_at, alive_at) < @IAmAliveTime
$query$),

('DeleteMembershipTableEntriesKey', $query$
delete from orleans.silos where cluster_id = @DeploymentId;
delete from orleans.clusters where cluster_id = @DeploymentId
$query$);
