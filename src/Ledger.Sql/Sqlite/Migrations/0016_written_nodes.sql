-- What has been written at cost centers since, for the processes that have them in memory.

create index ix_node_versions_version on node_versions (version);
