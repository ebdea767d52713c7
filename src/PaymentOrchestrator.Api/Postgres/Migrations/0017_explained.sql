-- Answers are kept in the very bytes that they were given in: jsonb would put the names of maps in an order of its own.
alter table eligibility_checks alter column answer type json using answer::json;
alter table payment_options alter column answer type json using answer::json;

-- The verdict that let a payment pass: every requirement with what was observed, and when each provider said so. Written with the intent, never changed.
alter table payments add column verdict jsonb;
