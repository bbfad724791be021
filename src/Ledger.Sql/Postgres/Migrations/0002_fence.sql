-- Nodes that go from one process to another: how long the next one waits, and who must hear that it has lost a node.

alter table leases add column runs_micros bigint not null default 5000000;
-- The renewal that made the row. A process that finds another number than it knows was forgotten meanwhile.
alter table leases add column born bigint not null default 0;

-- Who held the node before; empty: nobody, or it was given up.
alter table node_epochs add column taken_from text collate "C" not null default '';
-- Until then somebody else may still grant from memory.
alter table node_epochs add column wait_until timestamptz;

create table node_takeovers (
    -- Who held the node. It is told with each renewal of its lease until it says that it has dropped the node.
    process text collate "C" not null,
    cost_center text collate "C" not null,
    -- Of the activation that took it; older ones are dropped.
    epoch bigint not null,
    constraint pk_node_takeovers primary key (process, cost_center)
);
