-- What a parked notification leaves in its payment's story once it is followed: SHA-256 of its body. Null for those that were parked before.
alter table parked_notifications add column digest bytea;
