-- Who spends most in a month: its balances by how deep the cost center lies. Without the amounts: an index that has them would change with each record.

create index ix_balances_months on balances (window_date, (length(cost_center) - length(replace(cost_center, '/', ''))), cost_center)
where user_name = '' and period = 3;
