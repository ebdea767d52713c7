-- What became of the money is asked before whether the supplier has it: settlements that wait in thousands keep no payment of unknown outcome waiting behind them. Rows of before, and
-- of instances that do not know the column, are asked first.
alter table inquiries add column for_settlement boolean not null default false;
create index inquiries_of_outcome_due on inquiries (next_at) where not for_settlement;
