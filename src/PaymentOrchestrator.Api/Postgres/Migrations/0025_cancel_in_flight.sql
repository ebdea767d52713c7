-- Until when whoever cancels the payment may still have the provider end it. A success that is heard of meanwhile is not written down: the cancellation may give its
-- money back. Null, or in the past: nobody does.
alter table payments add column cancel_until timestamptz;
