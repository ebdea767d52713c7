using Npgsql;

namespace PaymentOrchestrator.Sandbox.State;

/// <summary>Makes the tables before the first request is taken; safe for several starts at once and for a filled database.</summary>
internal sealed class Schema(NpgsqlDataSource source) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Tables, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private const string Tables =
        """
        select pg_advisory_xact_lock(hashtextextended('sandbox schema', 0));

        -- facts holds the codes that are true; what is absent is false
        create table if not exists buyers (
            buyer_id text primary key,
            facts text[] not null default '{}',
            alipay_balance bigint not null default 0 check (alipay_balance >= 0)
        );
        create table if not exists balances (
            buyer_id text not null references buyers,
            currency text not null,
            value bigint not null check (value >= 0),
            primary key (buyer_id, currency)
        );

        -- OAuth, the same for WorldFirst, Alipay and 1688
        create table if not exists authorization_codes (
            code text primary key,
            provider text not null,
            scope text not null,
            buyer_id text not null references buyers,
            expires_at timestamptz not null,
            used_at timestamptz,
            announced_at timestamptz
        );
        create index if not exists authorization_codes_buyer on authorization_codes (buyer_id);
        create table if not exists grants (
            grant_id text primary key,
            provider text not null,
            scope text not null,
            buyer_id text not null references buyers,
            refresh_token text not null unique,
            refresh_expires_at timestamptz not null,
            revoked_at timestamptz
        );
        create index if not exists grants_buyer on grants (buyer_id);
        create table if not exists access_tokens (
            access_token text primary key,
            grant_id text not null references grants,
            expires_at timestamptz not null
        );
        create table if not exists alipay_consults (
            consult_id text primary key,
            buyer_id text not null references buyers,
            scope text not null,
            redirect_url text not null,
            auth_state text not null,
            expires_at timestamptz not null
        );

        create table if not exists fx_quotes (
            quote_id text primary key,
            sell_currency text not null,
            sell_value bigint not null,
            buy_value bigint not null,
            price numeric not null,
            expires_at timestamptz not null
        );
        -- one row for each request id that reached the money, refusals included
        create table if not exists debit_requests (
            provider text not null,
            request_id text not null,
            content text not null,
            buyer_id text not null references buyers,
            result_code text not null,
            result_message text not null,
            answer text not null,
            primary key (provider, request_id)
        );
        -- what was debited, and from where, so that it can go back; value 0 while nothing was
        alter table debit_requests add column if not exists reference text;
        alter table debit_requests add column if not exists currency text;
        alter table debit_requests add column if not exists value bigint not null default 0;
        alter table debit_requests add column if not exists funding text;
        alter table debit_requests add column if not exists order_id text;
        alter table debit_requests add column if not exists payment text;
        alter table debit_requests add column if not exists decided_at timestamptz;
        alter table debit_requests add column if not exists cancelled_at timestamptz;
        -- only where the buyer must act: until when, and where the buyer goes afterwards
        alter table debit_requests add column if not exists expires_at timestamptz;
        alter table debit_requests add column if not exists redirect_url text;
        create unique index if not exists debit_requests_reference on debit_requests (provider, reference);
        -- one row for each refund id that was decided, refusals included (value 0)
        create table if not exists refund_requests (
            provider text not null,
            request_id text not null,
            debit_request_id text not null,
            content text not null,
            value bigint not null,
            result_code text not null,
            result_message text not null,
            reference text not null,
            answer text not null,
            primary key (provider, request_id),
            foreign key (provider, debit_request_id) references debit_requests
        );
        create index if not exists refund_requests_debit on refund_requests (provider, debit_request_id);
        create unique index if not exists refund_requests_reference on refund_requests (provider, reference);
        create table if not exists executions (
            execution_id bigint generated always as identity primary key,
            operation text not null,
            provider text not null,
            request_id text not null,
            buyer_id text,
            currency text not null,
            value bigint not null,
            order_id text,
            payment text,
            at timestamptz not null
        );
        create index if not exists executions_payment on executions (payment);
        create index if not exists executions_buyer on executions (buyer_id);

        -- amount in fen; null while only a card payment has named the order
        create table if not exists orders (
            order_id text not null,
            buyer_id text not null references buyers,
            amount bigint,
            status text not null,
            primary key (order_id, buyer_id)
        );

        -- what the platform is still to be told, and what it was told
        create table if not exists notifications (
            notification_id bigint generated always as identity primary key,
            provider text not null,
            type text not null,
            buyer_id text not null,
            body text not null,
            due_at timestamptz not null,
            overtaken boolean not null default false,
            attempts int not null default 0,
            delivered_at timestamptz,
            gave_up_at timestamptz,
            last_error text
        );
        create index if not exists notifications_due on notifications (due_at) where delivered_at is null and gave_up_at is null;
        create index if not exists notifications_buyer on notifications (buyer_id);
        create table if not exists faults (
            fault_id text primary key,
            sequence bigint generated always as identity,
            kind text not null,
            buyer_id text,
            provider text,
            operation text,
            times int not null,
            delay_ms int,
            probability numeric,
            seed bigint not null,
            draws int not null default 0,
            hits int not null default 0
        );

        create table if not exists card_objects (
            id text primary key,
            kind text not null,
            customer_id text,
            buyer_id text,
            parent_id text,
            sequence bigint generated always as identity,
            data jsonb not null
        );
        create index if not exists card_objects_customer on card_objects (customer_id);
        create index if not exists card_objects_buyer on card_objects (buyer_id);
        create index if not exists card_objects_parent on card_objects (parent_id);
        create index if not exists card_objects_kind on card_objects (kind, sequence);
        create table if not exists card_idempotency (
            key text primary key,
            request text not null,
            status int not null,
            body text not null
        );
        """;
}
