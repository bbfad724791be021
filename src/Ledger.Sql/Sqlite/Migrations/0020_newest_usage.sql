-- The newest rows of a cost center are found in the index alone.
drop index ix_usage_cost_center;
create index ix_usage_cost_center on usage (cost_center, booked_date, recorded_at);
