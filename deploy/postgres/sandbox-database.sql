-- The sandbox plays companies of its own: what it knows lies apart from what the API knows.
create database payment_orchestrator_sandbox;
