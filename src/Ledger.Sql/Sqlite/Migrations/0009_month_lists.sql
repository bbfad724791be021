-- Who spends most in a month: its balances by how deep the cost center lies, with all that such a list needs, so that it is one pass along the index.

create index ix_balances_months on balances (window_date, (length(cost_center) - length(replace(cost_center, '/', ''))), cost_center, spent)
where user_name = '' and period = 3;
